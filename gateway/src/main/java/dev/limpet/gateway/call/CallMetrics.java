package dev.limpet.gateway.call;

import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.proxy.Route.Ending;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts calls and reads. */
final class CallMetrics {
  private final Map<Ending, Counter> endings = new EnumMap<>(Ending.class);
  private final Map<Choice.Reason, Counter> reasons = new EnumMap<>(Choice.Reason.class);
  private final Timer firstByte;
  private final Counter cancelsFailed;
  private final Counter hedgesWon;

  /**
   * Counts into {@code registry}.
   *
   * @param what {@code calls} or {@code reads}
   */
  CallMetrics(MeterRegistry registry, String what, Permits permits) {
    for (Ending ending : Ending.values()) {
      endings.put(
          ending,
          Counter.builder("limpet.gateway." + what)
              .tag("ending", ending.name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .register(registry));
    }
    for (Choice.Reason reason : Choice.Reason.values()) {
      if (reason.isUsable()) {
        reasons.put(
            reason,
            Counter.builder("limpet.gateway." + what + ".placed")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .register(registry));
      }
    }
    firstByte = Timer.builder("limpet.gateway." + what + ".first.byte").register(registry);
    cancelsFailed =
        Counter.builder("limpet.gateway." + what + ".cancels.failed").register(registry);
    hedgesWon = Counter.builder("limpet.gateway." + what + ".hedges.won").register(registry);
    Gauge.builder("limpet.gateway." + what + ".now", permits, Permits::taken).register(registry);
    FunctionCounter.builder("limpet.gateway." + what + ".refused", permits, Permits::refused)
        .register(registry);
  }

  void ended(Ending ending) {
    Counter counter = endings.get(ending);
    if (counter != null) {
      counter.increment();
    }
  }

  /** A node was chosen. */
  void placed(Choice.Reason reason) {
    Counter counter = reasons.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /** From the head of the request to the head of the answer. */
  void firstByte(long nanos) {
    firstByte.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** The second node that was asked answered first. */
  void hedgeWon() {
    hedgesWon.increment();
  }

  /** A node could not be told that nobody waits. */
  void cancelFailed() {
    cancelsFailed.increment();
  }
}
