package dev.limpet.gateway.placement;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.AddressScope;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * Which addresses of nodes the gateway connects to. A node says itself where it is, so a node of a
 * stranger could make the gateway talk to what only the gateway's machine reaches: services on
 * loopback, on the same link, or the metadata service of a cloud. Names are resolved once, here,
 * and the address is kept for the session, so that a name cannot change its mind afterwards.
 *
 * @param localToo whether such addresses are allowed to nodes that joined from elsewhere
 * @param resolver from names to addresses
 */
public record DialRule(boolean localToo, Resolver resolver) {
  /** Turns a name, or an address in any form, into addresses. */
  @FunctionalInterface
  public interface Resolver {
    /** All addresses of a host; at least one. */
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  /** A rule that asks the system for addresses. */
  public DialRule(boolean localToo) {
    this(localToo, InetAddress::getAllByName);
  }

  /**
   * The address of a node.
   *
   * @param overLoopback whether the node itself joined over loopback, so is on this machine
   * @throws LimpetException {@code forbidden} for an address that is not dialled, {@code
   *     bad-request} for a name without one
   */
  InetAddress resolve(URI url, boolean overLoopback) {
    InetAddress[] addresses = addresses(url);
    for (InetAddress address : addresses) {
      if (!overLoopback && !localToo && isLocal(address)) {
        throw new LimpetException(
            ErrorCode.FORBIDDEN,
            "the gateway does not connect to "
                + address.getHostAddress()
                + " for a node that joins from elsewhere; start the node with --set"
                + " url=URL that the gateway reaches, or set dial-local = true at"
                + " the gateway");
      }
    }
    return addresses[0];
  }

  private InetAddress[] addresses(URI url) {
    String host = url.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return resolver.resolve(bare);
    } catch (UnknownHostException e) {
      throw new LimpetException(
          ErrorCode.BAD_REQUEST, "the gateway cannot resolve the node's host " + bare, e);
    }
  }

  private static boolean isLocal(InetAddress address) {
    return switch (AddressScope.of(address)) {
      case PUBLIC, PRIVATE -> false;
      case LOOPBACK, LINK, NOWHERE -> true;
    };
  }
}
