package dev.limpet.gateway.call;

import dev.limpet.gateway.placement.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The time of this machine, and more of it when a test lets it pass. */
final class PassingTime {
  private final AtomicLong passed = new AtomicLong();
  private final Time time =
      new Time(() -> Instant.now().plusNanos(passed.get()), () -> System.nanoTime() + passed.get());

  Time time() {
    return time;
  }

  void pass(Duration more) {
    passed.addAndGet(more.toNanos());
  }
}
