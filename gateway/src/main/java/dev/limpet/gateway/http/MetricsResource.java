package dev.limpet.gateway.http;

import dev.limpet.protocol.QueryParameters;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/** {@code /metrics}: Prometheus' text form, version 0.0.4. */
final class MetricsResource implements Resource {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Door door;
  private final PrometheusMeterRegistry meters;

  MetricsResource(Door door, PrometheusMeterRegistry meters) {
    this.door = door;
    this.meters = meters;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.isEmpty() ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    door.inspect(exchange.headers());
    exchange.bytes(200, TYPE, Buffer.buffer(meters.scrape()));
  }
}
