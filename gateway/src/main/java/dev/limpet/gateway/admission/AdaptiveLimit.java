package dev.limpet.gateway.admission;

/**
 * How many calls one node gets at once, found by itself: additive increase, multiplicative
 * decrease, by how long calls waited in the node before their functions ran.
 *
 * <p>Invariants. The limit stays within its {@link Bounds}. It is judged once a window, of at least
 * {@link #WINDOW_NANOS} and {@link #WINDOW_CALLS} answers. It falls only when even the luckiest
 * call of a window waited longer than functions ran: then a queue stands, and calls in it gain
 * nothing by being there; a burst that drains has a call that did not wait. It grows when it was
 * used up and the luckiest call waited less than half as long, so that it does not swing. What
 * functions take does not matter, so that slow functions are not taken for overload. Time in which
 * the node had no call is no part of a window.
 */
public final class AdaptiveLimit {
  /** A wait that is no sign of anything: below it, callers notice nothing. */
  static final long FREE_WAIT_MICROS = 5_000;

  static final long WINDOW_NANOS = 100_000_000;
  static final int WINDOW_CALLS = 8;

  private static final double SLOWEST_FALL = 0.9;
  private static final double FASTEST_FALL = 0.5;

  /** The part by which it grows. */
  private static final int GROWTH = 10;

  private static final double USED_UP = 0.8;
  private static final int NANOS_PER_MICRO = 1000;

  private final Bounds bounds;
  private volatile int limit;
  private volatile long ranMicros = 1;
  private volatile long gapNanos;
  private long windowStart;
  private boolean open;
  private int calls;
  private int most;
  private long leastWait;
  private long ran;

  /**
   * Between what the limit stays.
   *
   * @param least at least 1
   * @param most at least {@code least}
   */
  public record Bounds(int least, int most) {
    /** Checks the order. */
    public Bounds {
      if (least < 1 || most < least) {
        throw new IllegalArgumentException("a limit lies between 1 and more, in this order");
      }
    }
  }

  /** Begins at the most: nobody is refused before there is a reason. */
  public AdaptiveLimit(Bounds bounds) {
    this.bounds = bounds;
    this.limit = bounds.most;
  }

  /** Calls at once. */
  public int calls() {
    return limit;
  }

  /**
   * A call was answered.
   *
   * @param nowNanos the present, on the clock of {@link System#nanoTime}
   * @param waitedMicros in the node before its function ran
   * @param functionMicros how long that ran
   * @param inFlight calls that the node had, this one too
   */
  public synchronized void answered(
      long nowNanos, long waitedMicros, long functionMicros, int inFlight) {
    if (!open) {
      open = true;
      windowStart = nowNanos;
      calls = 0;
      most = 0;
      ran = 0;
      leastWait = Long.MAX_VALUE;
    }
    calls++;
    ran += functionMicros;
    most = Math.max(most, inFlight);
    leastWait = Math.min(leastWait, waitedMicros);
    long passed = nowNanos - windowStart;
    if (calls >= WINDOW_CALLS && passed >= WINDOW_NANOS) {
      judge(passed);
    }
  }

  /**
   * The node has a call again, after it had none for a while: without this a place would seem to
   * take as long to become free as nobody asked for one.
   *
   * @param nowNanos the present, on the clock of {@link System#nanoTime}
   * @param idleNanos how long it had none
   */
  synchronized void rested(long nowNanos, long idleNanos) {
    if (open) {
      windowStart += Math.clamp(idleNanos, 0, Math.max(0, nowNanos - windowStart));
    }
  }

  private void judge(long passed) {
    open = false;
    ranMicros = Math.max(1, ran / calls);
    boolean usedUp = most >= limit * USED_UP;
    long tolerated = toleratedMicros();
    gapNanos = usedUp || leastWait > tolerated ? passed / calls : 0;
    if (leastWait > tolerated) {
      fall(Math.clamp((double) tolerated / leastWait, FASTEST_FALL, SLOWEST_FALL));
    } else if (usedUp && leastWait <= tolerated / 2) {
      limit = Math.min(bounds.most, limit + Math.max(1, limit / GROWTH));
    }
  }

  private void fall(double factor) {
    limit = Math.max(bounds.least, (int) (Math.min(limit, most) * factor));
  }

  /** The node itself said that it has too much to do. */
  public synchronized void refused(int inFlight) {
    most = Math.max(1, inFlight);
    fall(SLOWEST_FALL);
  }

  /** How long a wait is no longer than work, in microseconds. */
  long toleratedMicros() {
    return Math.max(FREE_WAIT_MICROS, ranMicros);
  }

  /** About how long it takes until one more place is free, when all are taken; nanoseconds. */
  long gapNanos() {
    long measured = gapNanos;
    return measured > 0 ? measured : ranMicros * NANOS_PER_MICRO / Math.max(1, bounds.least);
  }
}
