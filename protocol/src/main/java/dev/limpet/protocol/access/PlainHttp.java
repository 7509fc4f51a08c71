package dev.limpet.protocol.access;

import dev.limpet.protocol.tls.Authorities;
import java.net.URI;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

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
    return clientOf(server, null);
  }

  /**
   * The same, where {@code authorities} are trusted for {@code https} in place of those of the
   * machine; null for these.
   */
  public static HttpClient.Builder clientOf(URI server, @Nullable Authorities authorities) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER);
    if ("http".equals(server.getScheme())) {
      return builder.sslContext(NoTls.context());
    }
    return authorities == null ? builder : builder.sslContext(authorities.context());
  }
}
