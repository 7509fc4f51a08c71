package dev.limpet.protocol.access;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How far an address reaches (the special-purpose registries of RFC 6890), for whoever connects to
 * what others named. An IPv6 address that stands for one of IPv4, on a host that translates or
 * tunnels, reaches as far as that: compatible (::/96), NAT64 (64:ff9b::/96), 6to4 (2002::/16).
 * Mapped ones (::ffff:0:0/96) are IPv4 addresses in Java already.
 */
public enum AddressScope {
  /** Reaches everybody. */
  PUBLIC,
  /** Reaches a network of one owner: RFC 1918, unique local, shared by carriers, for tests. */
  PRIVATE,
  /** Reaches this machine. */
  LOOPBACK,
  /** Reaches the same link, or the metadata service of a cloud. */
  LINK,
  /** Reaches nobody, or many: unspecified, multicast, broadcast, reserved. */
  NOWHERE;

  /** Metadata services of clouds that are not at a link-local address; a zone changes nothing. */
  private static final Set<InetAddress> METADATA =
      Set.of(
          InetAddress.ofLiteral("100.100.100.200"),
          InetAddress.ofLiteral("192.0.0.192"),
          InetAddress.ofLiteral("168.63.129.16"),
          InetAddress.ofLiteral("fd00:ec2::254"),
          InetAddress.ofLiteral("fd20:ce::254"));

  private static final int IPV4_BYTES = 4;

  /** Private use, shared by carriers, protocol assignments, benchmarks. */
  private static final List<Net> PRIVATE_NETS =
      List.of(
          Net.of("10.0.0.0", 8),
          Net.of("172.16.0.0", 12),
          Net.of("192.168.0.0", 16),
          Net.of("100.64.0.0", 10),
          Net.of("192.0.0.0", 24),
          Net.of("198.18.0.0", 15),
          Net.of("fc00::", 7),
          Net.of("fec0::", 10));

  /** "This network", multicast, reserved and broadcast. */
  private static final List<Net> NOWHERE_NETS =
      List.of(
          Net.of("0.0.0.0", 8),
          Net.of("224.0.0.0", 4),
          Net.of("240.0.0.0", 4),
          Net.of("2001::", 32),
          Net.of("ff00::", 8));

  private static final Net NAT64 = Net.of("64:ff9b::", 96);
  private static final Net SIX_TO_FOUR = Net.of("2002::", 16);
  private static final Net GLOBAL = Net.of("2000::", 3);

  /** A prefix and its length in bits. */
  private record Net(byte[] prefix, int bits) {
    static Net of(String literal, int bits) {
      return new Net(InetAddress.ofLiteral(literal).getAddress(), bits);
    }

    boolean has(InetAddress address) {
      byte[] bytes = address.getAddress();
      if (bytes.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += Byte.SIZE) {
        int mask = 0xff << Math.max(0, Byte.SIZE - (bits - bit));
        if (((bytes[bit / Byte.SIZE] ^ prefix[bit / Byte.SIZE]) & mask & 0xff) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** The scope of an address. */
  public static AddressScope of(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return LOOPBACK;
    }
    if (address.isLinkLocalAddress() || METADATA.contains(address)) {
      return LINK;
    }
    if (address.isAnyLocalAddress() || isIn(NOWHERE_NETS, address)) {
      return NOWHERE;
    }
    if (isIn(PRIVATE_NETS, address)) {
      return PRIVATE;
    }
    return address instanceof Inet6Address six ? ofIpv6(six) : PUBLIC;
  }

  private static AddressScope ofIpv6(Inet6Address address) {
    byte[] bytes = address.getAddress();
    if (address.isIPv4CompatibleAddress() || NAT64.has(address)) {
      return of(ipv4(bytes, bytes.length - IPV4_BYTES));
    }
    if (SIX_TO_FOUR.has(address)) {
      return of(ipv4(bytes, SIX_TO_FOUR.bits / Byte.SIZE));
    }
    return GLOBAL.has(address) ? PUBLIC : NOWHERE;
  }

  private static boolean isIn(List<Net> nets, InetAddress address) {
    return nets.stream().anyMatch(net -> net.has(address));
  }

  private static InetAddress ipv4(byte[] bytes, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + IPV4_BYTES));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
