package dev.limpet.node.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Counters and gauges of one node: for Prometheus, and the counters for {@code GET /v1/node}. */
public final class NodeMetrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  /**
   * A number that only grows.
   *
   * @param name such as {@code limpet_node_dags_added}; the same name gives the same counter
   * @param says what is counted
   */
  public Counter counter(String name, String says) {
    return counters.computeIfAbsent(
        name, key -> Counter.builder(key).description(says).register(registry));
  }

  /** A number that is asked for when it is wanted. */
  public void gauge(String name, String says, Supplier<Number> value) {
    Gauge.builder(name, value).description(says).strongReference(true).register(registry);
  }

  /** A number that only grows, and is kept elsewhere; {@code _total} is added to its name. */
  public void counted(String name, String says, Supplier<Number> value) {
    // The registry holds the object weakly and the function not: this lives as long as it is asked.
    FunctionCounter.builder(name, this, _ -> value.get().doubleValue())
        .description(says)
        .register(registry);
  }

  /** The counters, by name. */
  public Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counters.forEach((name, counter) -> counts.put(name, (long) counter.count()));
    return counts;
  }

  /** Everything as Prometheus text, version 0.0.4. */
  public String scrape() {
    return registry.scrape();
  }
}
