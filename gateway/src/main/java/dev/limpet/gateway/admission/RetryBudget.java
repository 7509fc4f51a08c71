package dev.limpet.gateway.admission;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Second tries, as a share of calls: each call brings a part of one, and no more than {@link
 * #MAX_SAVED} are saved. When everything fails, nodes so get little more than the calls themselves,
 * and not twice as many.
 */
public final class RetryBudget {
  /** A handful of calls may be repeated however few calls there were. */
  public static final int MAX_SAVED = 20;

  /** One try more for every five calls. */
  public static final int CALLS_PER_TRY = 5;

  private final AtomicLong parts = new AtomicLong((long) MAX_SAVED * CALLS_PER_TRY);
  private final AtomicLong denied = new AtomicLong();

  /** A call begins. */
  public void called() {
    if (parts.get() < (long) MAX_SAVED * CALLS_PER_TRY) {
      parts.incrementAndGet();
    }
  }

  /** Whether one more try is within the budget; it is taken from it. */
  public boolean spend() {
    long left = parts.addAndGet(-CALLS_PER_TRY);
    if (left >= 0) {
      return true;
    }
    parts.addAndGet(CALLS_PER_TRY);
    denied.incrementAndGet();
    return false;
  }

  /** How often a try was denied. */
  public long denied() {
    return denied.get();
  }
}
