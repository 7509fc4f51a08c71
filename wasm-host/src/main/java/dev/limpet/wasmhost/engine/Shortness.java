package dev.limpet.wasmhost.engine;

/**
 * A guess whether the next call of a module will be a short one, from those before. What is wrong
 * about it costs time, never more. Calls write here side by side without a lock, and one that is
 * lost is no loss.
 *
 * <p>Of one call time says little, since a thread is stopped now and then in the middle of it. So
 * time is summed up, and what is over the allowance of all calls together must stay small: calls of
 * a module take their callers' threads no longer than that on average.
 */
public final class Shortness {

  /** Time that a call may take. */
  public static final long ALLOWANCE_NANOS = 100_000;

  /** How many calls must have ended before one is tried, at first; after one in vain, twice. */
  private static final int FIRST_WAIT = 8;

  /** And at most, when tries are in vain again and again. */
  private static final int MAX_WAIT = 4096;

  /** After so many tries in a row that were not the wait is halved. */
  private static final int HEALING = 1024;

  /** What all calls may have taken over that: a thread that was stopped once or twice. */
  private static final long MAX_OVER_NANOS = 5_000_000;

  /** More is not remembered: a slice at its worst, and not all calls until the JIT knew them. */
  private static final long MAX_REMEMBERED_NANOS = 50_000_000;

  private volatile int wait = FIRST_WAIT;
  private volatile int left = FIRST_WAIT;
  private volatile int inARow;
  private volatile long overNanos;

  /** Whether the next one is likely to be short. */
  public boolean isLikely() {
    return left == 0 && overNanos <= MAX_OVER_NANOS;
  }

  /**
   * A call has ended.
   *
   * @param nanos time that it ran, by the clock
   */
  public void ended(long nanos) {
    overNanos = Math.clamp(overNanos + nanos - ALLOWANCE_NANOS, 0, MAX_REMEMBERED_NANOS);
    int waits = left;
    if (waits > 0) {
      left = waits - 1;
      return;
    }
    int tries = inARow + 1;
    inARow = tries % HEALING;
    if (tries >= HEALING) {
      wait = Math.max(FIRST_WAIT, wait / 2);
    }
  }

  /** A try has ended in vain, and not for its time alone. */
  public void wasInVain() {
    if (left == 0) {
      wait = Math.min(MAX_WAIT, 2 * wait);
    }
    left = wait;
    inARow = 0;
  }
}
