package dev.limpet.gateway.proxy;

import dev.limpet.protocol.OneLine;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.Map;

/**
 * One request to one node, without its body.
 *
 * @param to where the node is
 * @param method as the node's API wants it
 * @param uri the raw target
 * @param headers lines to send besides {@code Host} and those about the body
 */
public record Outbound(
    NodeAddress to, HttpMethod method, String uri, List<Map.Entry<String, String>> headers) {
  private static final int SHOWN_CHARS = 200;

  /** The request without headers; who sends it says how long it may take. */
  RequestOptions options() {
    return to.options().setMethod(method).setURI(uri);
  }

  /** For the log: without the query and headers, which may have secrets. */
  @Override
  public String toString() {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return method + " " + OneLine.of(path, SHOWN_CHARS) + " at " + to.authority();
  }
}
