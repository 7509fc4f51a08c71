package dev.limpet.protocol.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whose certificates a client believes, when these are not those that the machine believes. */
public final class Authorities {
  private final X509TrustManager trust;

  private Authorities(X509TrustManager trust) {
    this.trust = trust;
  }

  /**
   * Believes these and nobody else.
   *
   * @param file PEM: the certificates of authorities, or the one of a single server
   * @throws IOException with a reason that fits behind "cannot be read:"
   */
  public static Authorities read(Path file) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (X509Certificate each : PemFile.read(file).certificates()) {
        store.setCertificateEntry("authority-" + ++number, each);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return new Authorities(
          Arrays.stream(factory.getTrustManagers())
              .filter(X509TrustManager.class::isInstance)
              .map(X509TrustManager.class::cast)
              .findFirst()
              .orElseThrow());
    } catch (GeneralSecurityException e) {
      throw new IOException("a certificate in it cannot be used", e);
    }
  }

  /** For a client that wants it in this form. */
  public X509TrustManager trustManager() {
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
