package dev.limpet.gateway.http;

import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * {@code /v1/openapi.json}: what this gateway can be asked, as OpenAPI 3.1. It says nothing about
 * this one gateway, so everybody who reaches it may read it.
 */
final class ApiDocumentResource implements Resource {
  private final ShippedFile document = new ShippedFile("openapi.json");

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.isEmpty() ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    query.onlyKnown(List.of());
    exchange.document(document.content());
  }
}
