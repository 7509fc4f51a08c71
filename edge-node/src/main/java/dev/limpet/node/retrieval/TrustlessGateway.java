package dev.limpet.node.retrieval;

import java.net.URI;
import java.util.Locale;

/**
 * A server outside that gives blocks and CARs by their CIDs (trustless gateway specification). It
 * is trusted with knowing what is asked for, and with nothing else.
 *
 * @param url its base, without a slash at the end
 * @param local whether its address may be private or on this machine, and it may speak plain http
 */
public record TrustlessGateway(URI url, boolean local) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /** Checks that what is beyond the owner's network is asked over TLS. */
  public TrustlessGateway {
    if (!local && !url.getScheme().toLowerCase(Locale.ROOT).equals("https")) {
      throw new IllegalArgumentException(
          "over http everybody on the way reads what is asked for; use https, or, for a server of"
              + " your own network, the setting of the same name that begins with local-");
    }
  }

  /** Whether it speaks TLS. */
  boolean isSecure() {
    return url.getScheme().toLowerCase(Locale.ROOT).equals("https");
  }

  /** Its host, an IPv6 address without brackets. */
  String host() {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** Its port. */
  int port() {
    return url.getPort() >= 0 ? url.getPort() : isSecure() ? HTTPS_PORT : HTTP_PORT;
  }

  /** As it is named in messages. */
  @Override
  public String toString() {
    return url.toString();
  }
}
