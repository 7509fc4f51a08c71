package dev.limpet.protocol.tls;

import java.security.cert.CertificateException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A server showed a certificate that is not believed. The message names the certificate, says why
 * not and what to do about it, in one line that fits behind a colon.
 */
public final class UnbelievedCertificateException extends CertificateException {
  private static final long serialVersionUID = 1L;

  /** Causes of causes: handshakes wrap it twice or three times. */
  private static final int MAX_CAUSES = 16;

  UnbelievedCertificateException(String message, CertificateException cause) {
    super(message, cause);
  }

  /** The one among the causes of a failure, if there is one. */
  public static Optional<UnbelievedCertificateException> in(Throwable failure) {
    @Nullable Throwable at = failure;
    for (int depth = 0; at != null && depth < MAX_CAUSES; depth++) {
      if (at instanceof UnbelievedCertificateException found) {
        return Optional.of(found);
      }
      at = at.getCause();
    }
    return Optional.empty();
  }
}
