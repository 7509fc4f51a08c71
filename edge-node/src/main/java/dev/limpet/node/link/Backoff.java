package dev.limpet.node.link;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next try: twice as long each time up to a limit, and between half and
 * all of that by chance, so that the nodes of a gateway that comes back do not all come at once.
 */
final class Backoff {
  static final Duration FIRST = Duration.ofMillis(250);

  /** A gateway that comes back is found within this time. */
  static final Duration LONGEST = Duration.ofSeconds(15);

  private final DoubleSupplier chance;
  private Duration next = FIRST;

  /**
   * Starts at the beginning.
   *
   * @param chance gives numbers from 0 to 1
   */
  Backoff(DoubleSupplier chance) {
    this.chance = chance;
  }

  /** The time to wait now. */
  Duration next() {
    Duration wait = next;
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
    double part = 0.5 + chance.getAsDouble() / 2;
    return Duration.ofNanos((long) (wait.toNanos() * part));
  }

  /** It worked; the next failure starts at the beginning. */
  void reset() {
    next = FIRST;
  }
}
