package dev.limpet.node.link;

import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a node says that it is reached.
 *
 * @param url by gateways and other nodes
 * @param plain what a gateway is told that reaches nodes by http alone, as builds before this did;
 *     null when the owner wants https, so that nobody talks him out of it
 */
public record Advertised(URI url, @Nullable URI plain) {
  /**
   * What the owner named, or else where it speaks https to others, or else where it listens.
   *
   * @param named by the owner
   * @param local where it listens
   * @param tls where it speaks https for others than this machine
   */
  public static Advertised of(Optional<URI> named, URI local, Optional<URI> tls) {
    return named
        .map(url -> new Advertised(url, isSecure(url) ? null : url))
        .orElseGet(() -> new Advertised(tls.orElse(local), local));
  }

  private static boolean isSecure(URI url) {
    return "https".equals(url.getScheme());
  }

  /**
   * What this gateway is told.
   *
   * @throws LimpetException {@code not-supported} when it reaches nodes by http alone, and this one
   *     wants https
   */
  URI to(Challenge challenge) {
    if (challenge.https() || !isSecure(url)) {
      return url;
    }
    if (plain == null) {
      throw new LimpetException(
          ErrorCode.NOT_SUPPORTED,
          "this gateway reaches nodes by http alone, and url = "
              + url
              + " wants https; update the gateway");
    }
    return plain;
  }
}
