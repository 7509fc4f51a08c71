package dev.limpet.node.rpc;

import dev.limpet.protocol.access.HeaderLines;
import dev.limpet.protocol.access.OriginRule;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * What Kubo asks of browsers beyond what the node asks of them everywhere: a page that is named by
 * {@code Referer} must be one that is trusted, and what calls itself {@code Mozilla} must name one.
 */
final class BrowserRule {
  private final OriginRule origins;

  /**
   * Trusts the pages of these origins, and the node's own.
   *
   * @param trusted as they are configured
   */
  BrowserRule(List<String> trusted) {
    this.origins = new OriginRule(trusted);
  }

  /**
   * Refuses a request that a foreign page caused; {@code Origin} was looked at before.
   *
   * @throws dev.limpet.protocol.LimpetException {@code foreign-origin}
   * @throws RpcException when a browser does not say which page asks
   */
  void check(HeaderLines headers) {
    boolean named = !headers.values("Origin").isEmpty();
    for (String referer : headers.values("Referer")) {
      origins.check(
          name -> name.equals("Origin") ? List.of(origin(referer)) : values(headers, name));
      named = true;
    }
    boolean browser =
        headers.values("User-Agent").stream()
            .anyMatch(agent -> agent.toLowerCase(Locale.ROOT).startsWith("mozilla"));
    if (browser && !named) {
      throw RpcException.forbidden();
    }
  }

  private static List<String> values(HeaderLines headers, String name) {
    return name.equals("Host") ? headers.values(name) : List.of();
  }

  /** The origin of a page; what is none is nobody's. */
  private static String origin(String referer) {
    try {
      URI uri = new URI(referer);
      return uri.getScheme() + "://" + uri.getRawAuthority();
    } catch (URISyntaxException e) {
      return "null";
    }
  }
}
