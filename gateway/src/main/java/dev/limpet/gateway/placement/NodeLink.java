package dev.limpet.gateway.placement;

import dev.limpet.gateway.proxy.Outbound;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.NodeJoin;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the gateway reaches a node that has joined; a new one for each join.
 *
 * @param url the node's base URL
 * @param address where to connect
 * @param authority the {@code Host} to say
 * @param linkToken what the gateway presents to it
 * @param capacity what the node can take
 * @param terms what its owner said about it
 */
public record NodeLink(
    URI url,
    SocketAddress address,
    String authority,
    String linkToken,
    Capacity capacity,
    NodeTerms terms) {
  private static final int HTTP_PORT = 80;

  /**
   * The link to a node that joins.
   *
   * @param address what its URL resolved to
   * @throws IllegalArgumentException when it is not plain HTTP: links between gateway and node are
   *     kept to one host or a private network until they are encrypted
   */
  static NodeLink to(NodeJoin join, InetAddress address) {
    URI url = join.url();
    if (!"http".equals(url.getScheme())) {
      throw new IllegalArgumentException("the URL of a node starts with http://");
    }
    int port = url.getPort() < 0 ? HTTP_PORT : url.getPort();
    return new NodeLink(
        url,
        SocketAddress.inetSocketAddress(port, address.getHostAddress()),
        url.getHost() + ":" + port,
        join.linkToken(),
        join.capacity(),
        NodeTerms.of(join));
  }

  /** A request to that node, which shows the link token. */
  public Outbound request(HttpMethod method, String uri, List<Map.Entry<String, String>> headers) {
    List<Map.Entry<String, String>> lines = new ArrayList<>(headers.size() + 1);
    lines.add(Map.entry("Authorization", "Bearer " + linkToken));
    lines.addAll(headers);
    return new Outbound(address, authority, method, uri, lines);
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
