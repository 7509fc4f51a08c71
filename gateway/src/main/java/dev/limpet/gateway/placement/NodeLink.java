package dev.limpet.gateway.placement;

import dev.limpet.gateway.proxy.NodeAddress;
import dev.limpet.gateway.proxy.Outbound;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.NodeJoin;
import io.vertx.core.http.HttpMethod;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the gateway reaches a node that has joined; a new one for each join.
 *
 * @param url the node's base URL
 * @param address where to connect, and how
 * @param linkToken what the gateway presents to it
 * @param capacity what the node can take
 * @param terms what its owner said about it
 */
public record NodeLink(
    URI url, NodeAddress address, String linkToken, Capacity capacity, NodeTerms terms) {
  /**
   * The link to a node that joins.
   *
   * @param address what its URL resolved to
   */
  static NodeLink to(NodeJoin join, InetAddress address) {
    return new NodeLink(
        join.url(),
        NodeAddress.of(join.url(), address),
        join.linkToken(),
        join.capacity(),
        NodeTerms.of(join));
  }

  /** A request to that node, which shows the link token. */
  public Outbound request(HttpMethod method, String uri, List<Map.Entry<String, String>> headers) {
    List<Map.Entry<String, String>> lines = new ArrayList<>(headers.size() + 1);
    lines.add(Map.entry("Authorization", "Bearer " + linkToken));
    lines.addAll(headers);
    return new Outbound(address, method, uri, lines);
  }

  /** Whether the node takes the function, and gives as much memory as that may use. */
  public boolean takes(Question question) {
    return hasMemory(question) && terms.accepts(question.function(), question.needs());
  }

  /** Whether the node gives as much memory as the function may use. */
  boolean hasMemory(Question question) {
    return question.memoryBytes() <= capacity.maxModuleMemoryBytes();
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "NodeLink[" + url + "]";
  }
}
