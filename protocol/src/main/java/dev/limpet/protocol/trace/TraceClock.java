package dev.limpet.protocol.trace;

import java.time.Instant;

/** Turns values of {@code System.nanoTime} into times since 1970, all by one look at the clock. */
public final class TraceClock {
  private static final long NANOS = 1_000_000_000L;

  private final long offset;

  /** Looks at the clock now. */
  public TraceClock() {
    Instant now = Instant.now();
    this.offset = now.getEpochSecond() * NANOS + now.getNano() - System.nanoTime();
  }

  /** From one value of {@code System.nanoTime} to another, in this process. */
  public Span.Time time(long beganNanos, long endedNanos) {
    return new Span.Time(offset + beganNanos, offset + Math.max(beganNanos, endedNanos));
  }
}
