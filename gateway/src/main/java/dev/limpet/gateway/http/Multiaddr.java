package dev.limpet.gateway.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The address of an HTTP server as IPFS writes it (multiaddr); with {@code tls} for https. */
final class Multiaddr {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private Multiaddr() {}

  /** Such as {@code /ip4/192.0.2.1/tcp/8641/http}; null for a server below a path. */
  static @Nullable String of(URI server) {
    String path = server.getPath();
    boolean bare = path == null || path.isEmpty() || path.equals("/");
    if (server.getHost() == null || !bare) {
      return null;
    }
    boolean tls = "https".equals(server.getScheme());
    int usual = tls ? HTTPS_PORT : HTTP_PORT;
    int port = server.getPort() >= 0 ? server.getPort() : usual;
    return host(server.getHost()) + "/tcp/" + port + (tls ? "/tls/http" : "/http");
  }

  private static String host(String host) {
    InetAddress literal = literal(host);
    if (literal == null) {
      return "/dns/" + host;
    }
    return (literal instanceof Inet6Address ? "/ip6/" : "/ip4/") + literal.getHostAddress();
  }

  /** The address that a host of a URL is written as; null for a name. */
  static @Nullable InetAddress literal(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return InetAddress.ofLiteral(bare);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
