package dev.limpet.gateway.proxy;

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
  /** The request without headers; who sends it says how long it may take. */
  RequestOptions options() {
    return to.options().setMethod(method).setURI(uri);
  }
}
