package dev.limpet.protocol.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whose certificates a client believes. One that is not believed ends the handshake with an {@link
 * UnbelievedCertificateException} among the causes.
 */
public final class Authorities {
  private final X509ExtendedTrustManager trust;

  private Authorities(BelievedAuthorities believed, String setting) {
    this.trust = new ExplainedTrust(believed, setting);
  }

  /**
   * Believes those whom the machine believes; they are read for the first handshake.
   *
   * @param setting names others, as it is written: {@code node-ca = PEM-FILE}
   */
  public static Authorities ofMachine(String setting) {
    return new Authorities(BelievedAuthorities.ofMachine(), setting);
  }

  /**
   * Believes these and nobody else. The file is looked at in each handshake, and read again when it
   * has changed.
   *
   * @param file PEM: the certificates of authorities, or the one of a single server
   * @param setting names others, as it is written
   * @throws IOException with a reason that fits behind "cannot be read:"
   */
  public static Authorities read(Path file, String setting) throws IOException {
    return new Authorities(BelievedAuthorities.of(file), setting);
  }

  /** For a client that wants it in this form. */
  public X509ExtendedTrustManager trustManager() {
    return trust;
  }

  /** For the JDK's client. */
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
