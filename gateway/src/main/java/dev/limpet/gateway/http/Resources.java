package dev.limpet.gateway.http;

import static java.util.Map.entry;

import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.audit.AuditLog;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** All resources but calls and data, by the first segments of their paths. */
public final class Resources {
  private final Map<String, Resource> byName;
  private final Traffic traffic;
  private final @Nullable Access access;
  private final AuditLog audit;

  /**
   * Makes them.
   *
   * @param services what they work with
   * @param door who may do what
   * @param meters what {@code /metrics} shows
   * @param ready whether calls are welcome
   * @param log of all requests, or null
   */
  public Resources(
      Services services,
      Door door,
      PrometheusMeterRegistry meters,
      BooleanSupplier ready,
      @Nullable AccessLog log) {
    this.traffic = new Traffic(meters);
    this.access = log == null ? null : new Access(log, door);
    this.audit = services.audit();
    this.byName =
        Map.ofEntries(
            entry("v1/functions", new FunctionsResource(services, door)),
            entry("v1/names", new NamesResource(services, door)),
            entry("v1/nodes", new NodesResource(services, door)),
            entry("v1/holders", new HoldersResource(services, door)),
            entry("v1/why", new WhyResource(services, door)),
            entry(
                "v1/jobs",
                new ReservedResource(
                    door,
                    List.of(),
                    List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST),
                    "this build has no jobs; call the function once for each input")),
            reserved(
                "v1/receipts",
                door,
                List.of(""),
                "this build has no receipts; /v1/executions tells of calls"),
            entry("v1/openapi.json", new ApiDocumentResource()),
            entry("routing", new RoutingResource(services, door)),
            entry("health", new HealthResource(ready)),
            entry("metrics", new MetricsResource(door, meters)));
  }

  private static Map.Entry<String, Resource> reserved(
      String name, Door door, List<String> place, String instead) {
    return entry(name, new ReservedResource(door, place, Resource.READ, instead));
  }

  Map<String, Resource> byName() {
    return byName;
  }

  /** Where changes are recorded. */
  AuditLog audit() {
    return audit;
  }

  /** Where requests are logged, if they are. */
  @Nullable Access access() {
    return access;
  }

  Traffic traffic() {
    return traffic;
  }
}
