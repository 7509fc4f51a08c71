package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.time.Duration;

/**
 * The moment when an invocation must have ended, on this process's own clock.
 *
 * @param nanos of {@link System#nanoTime}
 */
record Deadline(long nanos) {
  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** Time that is left, not negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }

  /** The earlier one of this and so much from now. */
  Deadline atMost(Duration time) {
    long other = System.nanoTime() + time.toNanos();
    return other - nanos < 0 ? new Deadline(other) : this;
  }

  /**
   * Refuses to go on when it has passed.
   *
   * @throws LimpetException {@code out-of-time}
   */
  void check(String during) {
    if (nanos - System.nanoTime() <= 0) {
      throw passed(during);
    }
  }

  static LimpetException passed(String during) {
    return new LimpetException(
        ErrorCode.OUT_OF_TIME, "the time for the call was over " + during + "; allow it more");
  }
}
