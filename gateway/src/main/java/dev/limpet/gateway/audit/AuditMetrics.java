package dev.limpet.gateway.audit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts how audits end. */
final class AuditMetrics {
  /** How one ended. */
  enum Result {
    /** Both said the same. */
    AGREED,
    /** They did not. */
    DIFFERED,
    /** A node did not answer. */
    FAILED,
    /** Too many waited. */
    SKIPPED
  }

  private final Map<Result, Counter> counters = new EnumMap<>(Result.class);

  AuditMetrics(MeterRegistry meters) {
    for (Result result : Result.values()) {
      counters.put(
          result,
          Counter.builder("limpet.gateway.audits")
              .description("Answers that were to be made again on another node")
              .tag("result", result.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
    Gauge.builder("limpet.gateway.audit.agreement", this, AuditMetrics::agreement)
        .description("Of the answers that were made again the share that was the same; 1 for none")
        .strongReference(true)
        .register(meters);
  }

  void count(Result result) {
    counter(result).increment();
  }

  private Counter counter(Result result) {
    Counter counter = counters.get(result);
    if (counter == null) {
      throw new IllegalStateException("no counter of " + result);
    }
    return counter;
  }

  private double agreement() {
    double agreed = counter(Result.AGREED).count();
    double all = agreed + counter(Result.DIFFERED).count();
    return all == 0 ? 1 : agreed / all;
  }
}
