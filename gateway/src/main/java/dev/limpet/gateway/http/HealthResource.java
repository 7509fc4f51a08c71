package dev.limpet.gateway.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;

/** {@code /health/live} and {@code /health/ready}: for whoever watches the process. */
final class HealthResource implements Resource {
  private static final byte[] UP = "{\"status\":\"up\"}".getBytes(StandardCharsets.UTF_8);

  private final BooleanSupplier ready;

  HealthResource(BooleanSupplier ready) {
    this.ready = ready;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.equals(List.of("live")) || rest.equals(List.of("ready")) ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    if (rest.getFirst().equals("ready") && !ready.getAsBoolean()) {
      throw new LimpetException(ErrorCode.DRAINING, "this gateway is starting or stopping");
    }
    exchange.json(200, UP);
  }
}
