package dev.limpet.protocol.access;

import java.net.URI;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * The JDK's HTTP client reads and parses the machine's 140 certificates when it is built, also
 * where it never meets TLS. One that talks to an {@code http} server alone need not.
 */
public final class PlainHttp {
  private PlainHttp() {}

  /**
   * A builder for a client of this one server. For {@code https} it trusts what the machine trusts;
   * for {@code http} it trusts nobody, so that a TLS connection would fail.
   */
  public static HttpClient.Builder clientOf(URI server) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    return "http".equals(server.getScheme()) ? builder.sslContext(trustingNobody()) : builder;
  }

  private static SSLContext trustingNobody() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[0], null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
