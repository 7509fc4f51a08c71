package dev.limpet.node.kubo;

import dev.limpet.content.block.StoreFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a Kubo listens for its RPC. Whoever reaches that can do anything with the Kubo, so it is on
 * this machine or behind TLS.
 *
 * @param url without a path
 * @param token sent as {@code Authorization: Bearer}, as Kubo's {@code API.Authorizations} wants
 *     it; or null
 */
public record KuboAddress(URI url, @Nullable String token) {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /**
   * Checks the address.
   *
   * @throws IllegalArgumentException when the token and the data could be read on the way, with a
   *     sentence
   */
  public KuboAddress {
    if (!isSecure(url) && !isLoopback(url.getHost())) {
      throw new IllegalArgumentException(
          url + " is beyond this machine, where only https can be trusted with a Kubo");
    }
  }

  private static boolean isSecure(URI url) {
    return "https".equals(url.getScheme());
  }

  private static boolean isLoopback(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name: what it resolves to may change
    }
  }

  /** Whether it is reached over TLS. */
  boolean isSecure() {
    return isSecure(url);
  }

  /** The port that it listens on. */
  public int port() {
    int said = url.getPort();
    return said >= 0 ? said : isSecure() ? HTTPS_PORT : HTTP_PORT;
  }

  /** What a call to it that failed is to those who need the store. */
  public StoreFailedException failed(IOException e) {
    String what = e instanceof KuboException ? " refuses: " : " does not answer: ";
    return new StoreFailedException("the Kubo at " + url + what + e.getMessage(), e);
  }

  /** The URL, without the token. */
  @Override
  public String toString() {
    return url.toString();
  }
}
