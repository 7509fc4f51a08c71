package dev.limpet.gateway.placement;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Set;

/**
 * Which addresses of nodes the gateway connects to. A node says itself where it is, so a node of a
 * stranger could make the gateway talk to what only the gateway's machine reaches: services on
 * loopback, on the same link, or the metadata service of a cloud. Names are resolved once, here,
 * and the address is kept for the session, so that a name cannot change its mind afterwards.
 *
 * @param localToo whether such addresses are allowed to nodes that joined from elsewhere
 */
public record DialRule(boolean localToo) {
  /** Metadata services of clouds that are not at a link-local address. */
  private static final Set<String> METADATA =
      Set.of("100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2:0:0:0:0:0:254");

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
                + " url=http://ADDRESS:PORT that the gateway reaches, or set dial-local = true at"
                + " the gateway");
      }
    }
    return addresses[0];
  }

  private static InetAddress[] addresses(URI url) {
    String host = url.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return InetAddress.getAllByName(bare);
    } catch (UnknownHostException e) {
      throw new LimpetException(
          ErrorCode.BAD_REQUEST, "the gateway cannot resolve the node's host " + bare, e);
    }
  }

  private static boolean isLocal(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || METADATA.contains(address.getHostAddress());
  }
}
