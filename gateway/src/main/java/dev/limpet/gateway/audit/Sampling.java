package dev.limpet.gateway.audit;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Picks a share of what comes. From one that is picked to the next the distance is drawn, so that
 * what comes costs one subtraction, and nobody who does not know the generator can tell which is
 * next.
 */
final class Sampling {
  /** Of the smallest share that is not nothing some are longer; they do not matter. */
  private static final long LONGEST = 1L << 40;

  private final double share;
  private final RandomGenerator secret;
  private final AtomicLong untilNext;

  /**
   * A sampling.
   *
   * @param share from 0 to 1
   * @param secret what nobody else knows; asked only for what is picked
   */
  Sampling(double share, RandomGenerator secret) {
    this.share = share;
    this.secret = secret;
    this.untilNext = new AtomicLong(share > 0 ? distance() : Long.MAX_VALUE);
  }

  /** Whether this one is picked. */
  boolean takes() {
    return share > 0 && untilNext.getAndUpdate(left -> left <= 1 ? distance() : left - 1) <= 1;
  }

  /** Geometric: of independent draws with this share the number up to the first that hits. */
  private long distance() {
    if (share >= 1) {
      return 1;
    }
    double uniform = 1 - secret.nextDouble();
    return (long) Math.clamp(Math.ceil(Math.log(uniform) / Math.log1p(-share)), 1, LONGEST);
  }
}
