package dev.limpet.gateway.http;

import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * {@code /v1/witness}: {@code add-checkpoint} (C2SP tlog-witness) and {@code enrolment} for nodes,
 * {@code key} for whoever may make calls.
 */
final class WitnessResource implements Resource {
  private static final String ADD = "add-checkpoint";
  private static final String ENROLMENT = "enrolment";
  private static final String KEY = "key";

  private final Receipts receipts;

  WitnessResource(Receipts receipts) {
    this.receipts = receipts;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    if (rest.size() != 1) {
      return List.of();
    }
    return switch (rest.getFirst()) {
      case ADD -> List.of(HttpMethod.POST);
      case ENROLMENT, KEY -> READ;
      default -> List.of();
    };
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    query.onlyKnown(List.of());
    switch (rest.getFirst()) {
      case ADD -> receipts.cosign(exchange);
      case ENROLMENT -> receipts.enrol(exchange);
      default -> receipts.key(exchange);
    }
  }
}
