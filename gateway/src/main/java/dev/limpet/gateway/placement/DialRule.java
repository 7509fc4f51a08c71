package dev.limpet.gateway.placement;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Set;

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

  /** Metadata services of clouds that are not at a link-local address. */
  private static final Set<String> METADATA =
      Set.of(
          "100.100.100.200",
          "192.0.0.192",
          "168.63.129.16",
          "fd00:ec2:0:0:0:0:0:254",
          "fd20:ce:0:0:0:0:0:254");

  private static final int IPV4_BYTES = 4;

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
                + " url=http://ADDRESS:PORT that the gateway reaches, or set dial-local = true at"
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
    return isLocalAsItIs(address)
        || (address instanceof Inet6Address six && isLocalAsItIs(embedded(six)));
  }

  /**
   * The IPv4 address that an IPv6 one stands for on a host that translates or tunnels: compatible
   * (::/96), NAT64 (64:ff9b::/96) and 6to4 (2002::/16). Mapped ones (::ffff:0:0/96) are IPv4
   * addresses in Java already. Another address is returned as it is.
   */
  private static InetAddress embedded(Inet6Address address) {
    byte[] bytes = address.getAddress();
    int last = bytes.length - IPV4_BYTES;
    byte[] nat64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    if (address.isIPv4CompatibleAddress() || Arrays.mismatch(bytes, nat64) == last) {
      return ipv4(bytes, last);
    }
    boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
    return sixToFour ? ipv4(bytes, 2) : address;
  }

  private static InetAddress ipv4(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + IPV4_BYTES));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static boolean isLocalAsItIs(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || isZeroNetOrBroadcast(address.getAddress())
        || METADATA.contains(address.getHostAddress());
  }

  /** 0.0.0.0/8 means this machine on some systems, 255.255.255.255 everybody on the link. */
  private static boolean isZeroNetOrBroadcast(byte[] bytes) {
    return bytes.length == IPV4_BYTES
        && (bytes[0] == 0 || Arrays.equals(bytes, new byte[] {-1, -1, -1, -1}));
  }
}
