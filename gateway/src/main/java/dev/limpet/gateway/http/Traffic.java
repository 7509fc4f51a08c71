package dev.limpet.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts answers by resource and class of status; both are few. */
final class Traffic {
  private static final String NAME = "limpet.gateway.requests";

  private final MeterRegistry meters;

  /**
   * As many as there are resources and classes of status; looking one up in the registry costs
   * more.
   */
  private final Map<Answers, Counter> counters = new ConcurrentHashMap<>();

  private record Answers(String resource, int statusClass) {}

  Traffic(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Counts the answer of this exchange when it has ended. */
  void begins(Exchange exchange, String resource) {
    exchange.whenAnswered(
        () -> {
          int statusClass = exchange.request().response().getStatusCode() / 100;
          counters.computeIfAbsent(new Answers(resource, statusClass), this::counter).increment();
        });
  }

  private Counter counter(Answers answers) {
    return meters.counter(NAME, "resource", answers.resource, "status", answers.statusClass + "xx");
  }
}
