package dev.limpet.node.retrieval;

import java.util.List;
import java.util.Set;

/**
 * Whom a node may ask outside, as its owner lists them.
 *
 * @param gateways that may have data, in the order in which they are asked
 * @param routers that may know of other gateways, asked after these
 * @param ownHosts names and addresses of this node, which no router makes it ask
 */
public record OutsideServers(
    List<TrustlessGateway> gateways, List<DelegatedRouter> routers, Set<String> ownHosts) {
  /** Nobody. */
  public static final OutsideServers NONE = new OutsideServers(List.of(), List.of(), Set.of());

  /** Copies. */
  public OutsideServers {
    gateways = List.copyOf(gateways);
    routers = List.copyOf(routers);
    ownHosts = Set.copyOf(ownHosts);
  }

  /** Whether nobody is listed. */
  public boolean isEmpty() {
    return gateways.isEmpty() && routers.isEmpty();
  }
}
