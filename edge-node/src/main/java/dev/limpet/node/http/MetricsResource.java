package dev.limpet.node.http;

import dev.limpet.node.metrics.NodeMetrics;
import dev.limpet.protocol.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code GET /metrics}: for Prometheus. */
public final class MetricsResource implements Resource {
  private static final List<String> AT = List.of("metrics");
  private static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final NodeMetrics metrics;

  /** Shows these. */
  public MetricsResource(NodeMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource && resource.segments().equals(AT);
  }

  @Override
  public Need need() {
    return Need.MANAGE;
  }

  @Override
  public void handle(Exchange exchange) {
    exchange.allow("GET", "HEAD");
    exchange.answer(200, MEDIA_TYPE, metrics.scrape().getBytes(StandardCharsets.UTF_8));
  }
}
