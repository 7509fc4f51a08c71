package dev.limpet.protocol.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whose certificates a client believes. One that is not believed ends the handshake with an {@link
 * UnbelievedCertificateException} among the causes.
 */
public final class Authorities {
  /**
   * How often it is looked for connections that are kept whether the file has changed or a
   * certificate has ended; handshakes look each time.
   */
  public static final Duration LOOK_PERIOD = Duration.ofSeconds(10);

  private final BelievedAuthorities believed;
  private final X509ExtendedTrustManager trust;

  private Authorities(BelievedAuthorities believed, String setting) {
    this.believed = believed;
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
    return read(file, setting, LOOK_PERIOD);
  }

  /** The same with another period. */
  static Authorities read(Path file, String setting, Duration period) throws IOException {
    return new Authorities(BelievedAuthorities.of(file, period, InstantSource.system()), setting);
  }

  /**
   * What tells whether connections that are kept may be used on, and sessions resumed: it is
   * another number when the file was read again, and when a certificate that was believed has ended
   * since. Then they are to be made anew. Changes, and reads the disk, at most once in {@link
   * #LOOK_PERIOD}, but for what handshakes find: it is nothing for an event loop.
   */
  public int generation() {
    return believed.generation();
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
