package dev.limpet.node.invoke;

import dev.limpet.node.retrieval.DelegatedRouters;
import dev.limpet.node.retrieval.TrustlessGateways;
import dev.limpet.protocol.CopyOrder;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.trace.TraceContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom to ask for an input that is not here.
 *
 * @param peers how they are asked
 * @param outside gateways that the owner lists
 * @param routers that the owner lists, who may know of others
 * @param data takes what they send
 */
record Sources(Peers peers, TrustlessGateways outside, DelegatedRouters routers, LocalData data) {
  /** Peers alone, as a gateway names them. */
  List<DataSource> of(CopyOrder order) {
    List<DataSource> sources = new ArrayList<>();
    order.sources().forEach(peer -> sources.add(new PeerSource(peer, peers, data, null)));
    return sources;
  }

  /**
   * Them in the order in which they are asked: peers, and then, for a call for which anything may
   * travel, those outside. The gateway lets nothing travel for callers without a token, so they
   * cannot make a node ask outside.
   */
  List<DataSource> of(Invocation invocation, int input) {
    List<DataSource> sources = new ArrayList<>();
    TraceContext trace = CallTrace.CURRENT.isBound() ? CallTrace.CURRENT.get() : null;
    for (Invocation.Source peer : invocation.sources()) {
      if (peer.input() == input) {
        sources.add(new PeerSource(peer, peers, data, trace));
      }
    }
    if (invocation.maxFetchBytes() > 0) {
      outside.all().forEach(gateway -> sources.add(new OutsideSource(gateway, outside, data)));
    }
    return sources;
  }

  /** Those who may know of somebody else when none of them has it, under the same rule. */
  List<DataFinder> last(Invocation invocation) {
    List<DataFinder> finders = new ArrayList<>();
    if (invocation.maxFetchBytes() > 0) {
      routers.all().forEach(router -> finders.add(new RouterFinder(router, this)));
    }
    return finders;
  }
}
