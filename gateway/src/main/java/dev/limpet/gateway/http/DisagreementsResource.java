package dev.limpet.gateway.http;

import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** {@code /v1/disagreements}: what is kept of nodes that cannot all be right. */
final class DisagreementsResource implements Resource {
  private static final int FILE_SEGMENTS = 2;

  private final Disagreements disagreements;

  DisagreementsResource(Disagreements disagreements) {
    this.disagreements = disagreements;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.isEmpty() || rest.size() == FILE_SEGMENTS ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    if (rest.isEmpty()) {
      disagreements.list(exchange, Paging.of(query));
    } else {
      query.onlyKnown(List.of());
      disagreements.file(exchange, rest.getFirst(), rest.getLast());
    }
  }
}
