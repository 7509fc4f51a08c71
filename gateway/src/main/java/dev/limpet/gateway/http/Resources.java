package dev.limpet.gateway.http;

import static java.util.Map.entry;

import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.audit.AuditLog;
import dev.limpet.protocol.trace.SpanExporter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All resources but calls and data, by the first segments of their paths. */
public final class Resources {
  private final Map<String, Resource> byName;
  private final Traffic traffic;
  private final @Nullable Access access;
  private final @Nullable SpanExporter spans;
  private final AuditLog audit;

  /**
   * What others see of the gateway, besides what {@code /metrics} counts.
   *
   * @param log of all, or null
   * @param spans of calls, or null
   * @param tls where https is spoken, for IPFS clients; null while it is not
   */
  public record Seen(
      @Nullable AccessLog log, @Nullable SpanExporter spans, Supplier<@Nullable URI> tls) {
    /** Nothing. */
    public static final Seen NOWHERE = new Seen(null, null, () -> null);
  }

  /**
   * What resources work with.
   *
   * @param services the parts of the gateway
   * @param door who may do what
   * @param receipts where receipts are
   * @param disagreements where it is kept what nodes could not agree on
   */
  public record Ground(
      Services services, Door door, Receipts receipts, Disagreements disagreements) {}

  /**
   * Makes them.
   *
   * @param ground what they work with
   * @param meters what {@code /metrics} shows
   * @param ready whether calls are welcome
   * @param seen what is told of requests elsewhere
   */
  public Resources(
      Ground ground, PrometheusMeterRegistry meters, BooleanSupplier ready, Seen seen) {
    Services services = ground.services;
    Door door = ground.door;
    Receipts receipts = ground.receipts;
    this.traffic = new Traffic(meters);
    this.access = seen.log == null ? null : new Access(seen.log, door);
    this.spans = seen.spans;
    this.audit = services.audit();
    this.byName =
        Map.ofEntries(
            entry("v1/functions", new FunctionsResource(services, door)),
            entry("v1/names", new NamesResource(services, door)),
            entry("v1/nodes", new NodesResource(services, door)),
            entry("v1/holders", new HoldersResource(services, door)),
            entry(
                "v1/jobs",
                new ReservedResource(
                    door,
                    List.of(),
                    List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST),
                    "this build has no jobs; call the function once for each input, as limpet map"
                        + " does")),
            entry("v1/receipts", new ReceiptsResource(receipts)),
            entry("v1/disagreements", new DisagreementsResource(ground.disagreements)),
            entry("v1/witness", new WitnessResource(receipts)),
            entry("v1/verify", new VerifyPageResource()),
            entry("v1/openapi.json", new ApiDocumentResource()),
            entry("routing", new RoutingResource(services, door, seen.tls)),
            entry("health", new HealthResource(ready)),
            entry("metrics", new MetricsResource(door, meters, services.work())));
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

  /** Where spans of calls go, if they do. */
  @Nullable SpanExporter spans() {
    return spans;
  }

  Traffic traffic() {
    return traffic;
  }
}
