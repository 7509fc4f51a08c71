package dev.limpet.gateway.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import java.util.Arrays;

/**
 * When a call is worth a second node: after the time within which nineteen of twenty calls of the
 * same function had the head of their answer. Used on all event loops.
 */
final class Hedges {
  /** Functions whose latencies are remembered; 300 bytes each. */
  static final int MAX_HEDGED_FUNCTIONS = 1024;

  /** Latencies of each: the last ones, so that it follows what the function does now. */
  static final int MAX_LATENCIES = 32;

  /** With fewer, nobody knows what is unusual. */
  static final int FEWEST_LATENCIES = 20;

  private static final double USUAL = 0.95;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final boolean on;
  private final Cache<Cid, Latencies> functions =
      Caffeine.newBuilder().maximumSize(MAX_HEDGED_FUNCTIONS).build();

  /** Hedges calls, if it is {@code on}. */
  Hedges(boolean on) {
    this.on = on;
  }

  /** A call of this function had the head of its answer so long after it was placed. */
  void answered(Cid function, long nanos) {
    if (on) {
      functions.get(function, _ -> new Latencies()).add(nanos);
    }
  }

  /** After how many milliseconds a second node is asked; -1 for never. */
  long delayMillis(Cid function) {
    Latencies known = on ? functions.getIfPresent(function) : null;
    return known == null ? -1 : known.usualMillis();
  }

  /** The last ones of a function. */
  private static final class Latencies {
    private final long[] nanos = new long[MAX_LATENCIES];
    private int count;

    synchronized void add(long one) {
      nanos[count % MAX_LATENCIES] = one;
      count++;
    }

    synchronized long usualMillis() {
      if (count < FEWEST_LATENCIES) {
        return -1;
      }
      long[] sorted = Arrays.copyOf(nanos, Math.min(count, MAX_LATENCIES));
      Arrays.sort(sorted);
      int at = (int) Math.ceil(sorted.length * USUAL) - 1;
      return Math.max(1, Math.ceilDiv(sorted[at], NANOS_PER_MILLI));
    }
  }
}
