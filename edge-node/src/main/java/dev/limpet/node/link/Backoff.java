package dev.limpet.node.link;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next try: a quarter longer each time up to a limit, and between half
 * and all of that by chance, so that the nodes of a gateway that comes back do not all come at
 * once. Growing by a quarter keeps each wait below a quarter of the time that the gateway was away
 * by then: after eight seconds it is found within two.
 */
final class Backoff {
  static final Duration FIRST = Duration.ofMillis(250);

  /** However long a gateway was away, it is found within this time of coming back. */
  static final Duration LONGEST = Duration.ofSeconds(5);

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
    Duration longer = next.plusNanos(next.toNanos() / 4);
    next = longer.compareTo(LONGEST) > 0 ? LONGEST : longer;
    double part = 0.5 + chance.getAsDouble() / 2;
    return Duration.ofNanos((long) (wait.toNanos() * part));
  }

  /** It worked; the next failure starts at the beginning. */
  void reset() {
    next = FIRST;
  }
}
