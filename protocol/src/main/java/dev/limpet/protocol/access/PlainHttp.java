package dev.limpet.protocol.access;

import java.net.URI;
import java.net.http.HttpClient;

/**
 * The JDK's HTTP client loads all of TLS and the machine's 140 certificates when it is built, also
 * where it never meets TLS. One that talks to an {@code http} server alone need not.
 */
public final class PlainHttp {
  private PlainHttp() {}

  /**
   * A builder for a client of this one server. For {@code https} it trusts what the machine trusts;
   * for {@code http} it cannot speak TLS at all.
   */
  public static HttpClient.Builder clientOf(URI server) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    return "http".equals(server.getScheme()) ? builder.sslContext(NoTls.context()) : builder;
  }
}
