package dev.limpet.node.invoke;

import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Invocation;
import java.net.URI;
import java.util.Map;

/**
 * Another node, which the gateway named.
 *
 * @param peer where it is, and what to show it
 * @param client asks it
 * @param data takes what it sends
 */
record PeerSource(Invocation.Source peer, CarClient client, LocalData data) implements DataSource {
  @Override
  public void fetch(Part part, DataFetch.Order order) {
    URI url = URI.create(base() + part.carTarget());
    CarClient.Wanted wanted =
        new CarClient.Wanted(
            url, Map.of(Headers.TICKET, peer.ticket()), order.deadline(), order.over());
    CarIntake intake = new CarIntake(part.ref().root(), data.fetched());
    client.get(wanted, order.meter(), reader -> intake.read(reader, order::check));
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
