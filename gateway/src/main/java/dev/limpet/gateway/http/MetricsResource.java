package dev.limpet.gateway.http;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.protocol.QueryParameters;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;

/**
 * {@code /metrics}: Prometheus' text form, version 0.0.4. Writing it takes one or two milliseconds
 * with as many functions as are metered, and some thirty the first time, in which an event loop
 * would answer nobody: so it is written elsewhere.
 */
final class MetricsResource implements Resource {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Door door;
  private final PrometheusMeterRegistry meters;
  private final BlockingWork work;

  MetricsResource(Door door, PrometheusMeterRegistry meters, BlockingWork work) {
    this.door = door;
    this.meters = meters;
    this.work = work;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    return rest.isEmpty() ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    door.inspect(exchange.headers());
    exchange.answer(
        work.scrape(() -> Buffer.buffer(meters.scrape())), text -> exchange.bytes(200, TYPE, text));
  }
}
