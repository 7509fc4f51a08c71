package dev.limpet.protocol.access;

import dev.limpet.protocol.tls.Authorities;
import java.net.URI;
import java.net.http.HttpClient;

/**
 * The JDK's HTTP client loads all of TLS and the machine's 140 certificates when it is built, also
 * where it never meets TLS. One that talks to an {@code http} server alone need not.
 */
public final class PlainHttp {
  private PlainHttp() {}

  /**
   * A builder for a client of this one server. For {@code https} it trusts what the JDK trusts; for
   * {@code http} it cannot speak TLS at all.
   */
  public static HttpClient.Builder clientOf(URI server) {
    return "https".equals(server.getScheme()) ? plain() : plain().sslContext(NoTls.context());
  }

  /** The same, where these are believed for {@code https}. */
  public static HttpClient.Builder clientOf(URI server, Authorities authorities) {
    return "https".equals(server.getScheme())
        ? plain().sslContext(authorities.context())
        : clientOf(server);
  }

  private static HttpClient.Builder plain() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER);
  }
}
