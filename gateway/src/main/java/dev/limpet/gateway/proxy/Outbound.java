package dev.limpet.gateway.proxy;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Map;

/**
 * One request to one node, without its body.
 *
 * @param server where to connect
 * @param authority the {@code Host} to say, {@code host:port}
 * @param method as the node's API wants it
 * @param uri the raw target
 * @param headers lines to send besides {@code Host} and those about the body
 */
public record Outbound(
    SocketAddress server,
    String authority,
    HttpMethod method,
    String uri,
    List<Map.Entry<String, String>> headers) {
  /** The request without headers; who sends it says how long it may take. */
  RequestOptions options() {
    RequestOptions options = new RequestOptions().setServer(server).setMethod(method).setURI(uri);
    String host = server.host();
    boolean six = host.indexOf(':') >= 0; // which Vert.x takes for a host only in brackets
    return six ? options.setHost("[" + host + "]").setPort(server.port()) : options;
  }
}
