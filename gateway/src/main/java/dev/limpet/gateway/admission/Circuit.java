package dev.limpet.gateway.admission;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether a node is worth asking. After {@link #MAX_FAILURES} failures in a row (no connection, or
 * one that broke before an answer) it gets no call for a while, then one to try: when that fails
 * too, none for twice as long; while it has no answer, one more each {@link #FIRST_PAUSE}.
 */
public final class Circuit {
  /** Failures in a row after which a node is left alone. */
  public static final int MAX_FAILURES = 5;

  /** How long at first, and at most. */
  public static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** A node that works again is tried at most so much later. */
  public static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  private final LongSupplier clock;
  private int failures;
  private long pauseNanos;
  private boolean trying;
  private volatile boolean open;
  private volatile long until;

  /**
   * Of a node that nothing is known of.
   *
   * @param clock nanoseconds, as {@link System#nanoTime}
   */
  public Circuit(LongSupplier clock) {
    this.clock = clock;
  }

  /** Whether a call may go there. */
  public boolean allows() {
    return !open || clock.getAsLong() - until >= 0;
  }

  /** Whether calls are kept away from it, also when one may try now. */
  public boolean isOpen() {
    return open;
  }

  /** A call goes there: the one that tries, when others may not. */
  public void tries() {
    if (open) {
      beginTrial(clock.getAsLong());
    }
  }

  private synchronized void beginTrial(long nowNanos) {
    if (open && nowNanos - until >= 0) {
      trying = true;
      until = nowNanos + FIRST_PAUSE.toNanos();
    }
  }

  /** It answered, whatever it was. */
  public void worked() {
    if (open || failures > 0) {
      reset();
    }
  }

  /** As in the beginning. */
  public synchronized void reset() {
    failures = 0;
    pauseNanos = 0;
    trying = false;
    open = false;
  }

  /** It could not be reached, or broke off. */
  public synchronized void failed() {
    long nowNanos = clock.getAsLong();
    failures++;
    boolean trial = trying || (open && nowNanos - until >= 0);
    if (failures == MAX_FAILURES || trial) {
      trying = false;
      pauseNanos =
          pauseNanos == 0 ? FIRST_PAUSE.toNanos() : Math.min(MAX_PAUSE.toNanos(), pauseNanos * 2);
      until = nowNanos + pauseNanos;
      open = true;
    }
  }
}
