package dev.limpet.gateway.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** All resources but calls and data, by the first segments of their paths. */
public final class Resources {
  private final Map<String, Resource> byName;
  private final Traffic traffic;

  /**
   * Makes them.
   *
   * @param services what they work with
   * @param door who may do what
   * @param meters what {@code /metrics} shows
   * @param ready whether calls are welcome
   */
  public Resources(
      Services services, Door door, PrometheusMeterRegistry meters, BooleanSupplier ready) {
    this.traffic = new Traffic(meters);
    this.byName =
        Map.of(
            "v1/functions", new FunctionsResource(services, door),
            "v1/names", new NamesResource(services, door),
            "v1/nodes", new NodesResource(services, door),
            "v1/holders", new HoldersResource(services, door),
            "v1/why", new WhyResource(services, door),
            "v1/jobs", new JobsResource(door),
            "health", new HealthResource(ready),
            "metrics", new MetricsResource(door, meters));
  }

  Map<String, Resource> byName() {
    return byName;
  }

  Traffic traffic() {
    return traffic;
  }
}
