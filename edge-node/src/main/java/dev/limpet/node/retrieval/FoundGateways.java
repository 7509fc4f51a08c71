package dev.limpet.node.retrieval;

import dev.limpet.protocol.access.AddressScope;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The trustless gateways in the provider records of a router: those that speak HTTP over TLS (Peer
 * Schema; transport-ipfs-gateway-http of IPIP-402). Whatever else a record says is passed over.
 */
final class FoundGateways {
  /** Gateways of one answer that are asked; each may take its time. */
  static final int MAX_FOUND_GATEWAYS = 8;

  /** Of one record, so that one peer does not take the places of all others. */
  static final int MAX_GATEWAYS_OF_RECORD = 2;

  private static final String PROTOCOL = "transport-ipfs-gateway-http";
  private static final int HTTPS_PORT = 443;
  private static final int HIGHEST_PORT = 65_535;

  /** A host, a port, and HTTP over TLS; a peer ID may follow. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "/(?<kind>dns|dns4|dns6|ip4|ip6)/(?<host>[0-9A-Za-z.:-]{1,253})/tcp/(?<port>[0-9]{1,5})"
              + "/(?:https|tls/http)(?:/p2p/[0-9A-Za-z]{1,128})?");

  /** What a host may have around it. */
  private static final Pattern AROUND = Pattern.compile("^\\[|[\\].]$");

  private final Set<TrustlessGateway> gateways = new LinkedHashSet<>();
  private final Set<String> ownHosts;

  /**
   * None yet.
   *
   * @param ownHosts names and addresses of this node, IPv6 with brackets or without
   */
  FoundGateways(Set<String> ownHosts) {
    this.ownHosts =
        ownHosts.stream().map(FoundGateways::oneForm).collect(Collectors.toUnmodifiableSet());
  }

  /** Lower case, without brackets and a dot at the end; of an address the form that Java writes. */
  private static String oneForm(String host) {
    String plain = AROUND.matcher(host.toLowerCase(Locale.ROOT)).replaceAll("");
    InetAddress address = address(plain);
    return address == null ? plain : address.getHostAddress();
  }

  /** Takes the gateways of a record, as far as there is room. */
  void add(@Nullable Object record) {
    if (!(record instanceof Map<?, ?> fields)
        || !"peer".equals(fields.get("Schema"))
        || !(fields.get("Protocols") instanceof List<?> protocols)
        || !protocols.contains(PROTOCOL)
        || !(fields.get("Addrs") instanceof List<?> addresses)) {
      return;
    }
    int most = Math.min(MAX_FOUND_GATEWAYS, gateways.size() + MAX_GATEWAYS_OF_RECORD);
    for (Object address : addresses) {
      if (gateways.size() == most) {
        return;
      }
      TrustlessGateway gateway = address instanceof String text ? gateway(text) : null;
      if (gateway != null) {
        gateways.add(gateway);
      }
    }
  }

  /** Null for an address that nobody is asked at. */
  private @Nullable TrustlessGateway gateway(String address) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      return null;
    }
    String host = parts.group("host").toLowerCase(Locale.ROOT);
    int port = Integer.parseInt(parts.group("port"));
    boolean literal = parts.group("kind").startsWith("ip");
    if (port < 1
        || port > HIGHEST_PORT
        || ownHosts.contains(oneForm(host))
        || (literal && !isPublic(host))) {
      return null;
    }
    try {
      URI url = new URI("https", null, host, port == HTTPS_PORT ? -1 : port, "", null, null);
      return url.getHost() == null ? null : new TrustlessGateway(url, false);
    } catch (URISyntaxException e) {
      return null; // no name that a URL can have
    }
  }

  /** Names are looked at when they are resolved ({@link AddressRule}). */
  private static boolean isPublic(String host) {
    InetAddress address = address(host);
    return address != null && AddressScope.of(address) == AddressScope.PUBLIC;
  }

  private static @Nullable InetAddress address(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) { // a name
      return null;
    }
  }

  /** Whether more records change nothing. */
  boolean isFull() {
    return gateways.size() == MAX_FOUND_GATEWAYS;
  }

  /** Them, in the order in which they came. */
  List<TrustlessGateway> all() {
    return new ArrayList<>(gateways);
  }
}
