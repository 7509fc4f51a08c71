package dev.limpet.gateway.http;

import io.micrometer.core.instrument.MeterRegistry;

/** Counts answers by resource and class of status; both are few. */
final class Traffic {
  private static final String NAME = "limpet.gateway.requests";

  private final MeterRegistry meters;

  Traffic(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Counts the answer of this exchange when it has ended. */
  void begins(Exchange exchange, String resource) {
    exchange.whenAnswered(
        () -> {
          String status = exchange.request().response().getStatusCode() / 100 + "xx";
          meters.counter(NAME, "resource", resource, "status", status).increment();
        });
  }
}
