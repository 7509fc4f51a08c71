package dev.limpet.gateway.http;

import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * {@code GET /v1/verify}: a page that checks the file of a receipt in the browser. It is the same
 * for everybody and needs nothing else of the gateway.
 */
final class VerifyPageResource implements Resource {
  private final ShippedFile page = new ShippedFile("verify.html");

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.isEmpty() ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    query.onlyKnown(List.of());
    exchange.bytes(200, "text/html; charset=utf-8", page.content());
  }
}
