package dev.limpet.node.invoke;

import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.trace.TraceContext;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another node, which the gateway named.
 *
 * @param peer where it is, and what to show it
 * @param peers how it is asked
 * @param data takes what it sends
 * @param trace that of the call, which the peer is told; or null
 */
record PeerSource(Invocation.Source peer, Peers peers, LocalData data, @Nullable TraceContext trace)
    implements DataSource {
  @Override
  public void fetch(Part part, DataFetch.Order order) {
    URI url = URI.create(base() + part.carTarget());
    CarClient.Wanted wanted =
        new CarClient.Wanted(url, peers.authorities(), headers(), order.deadline(), order.over());
    CarIntake intake = new CarIntake(part.ref().root(), data.fetched());
    try (FetchMeter.Transfer transfer = order.meter().transfer()) {
      peers.client().get(wanted, transfer, reader -> intake.read(reader, order.each(transfer)));
    }
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>(Map.of(Headers.TICKET, peer.ticket()));
    if (trace != null) {
      headers.put(TraceContext.PARENT, trace.parent());
      if (!trace.state().isEmpty()) {
        headers.put(TraceContext.STATE, trace.state());
      }
    }
    return headers;
  }

  private String base() {
    String text = peer.url().toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** As it is named in messages. */
  @Override
  public String toString() {
    return peer.url().toString();
  }
}
