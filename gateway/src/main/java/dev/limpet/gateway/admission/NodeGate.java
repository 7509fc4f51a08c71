package dev.limpet.gateway.admission;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The calls that one node has of this gateway, and those that wait for a place there.
 *
 * <p>Invariants. A place that is taken is given back once, in {@link #leave}. Who waits is in the
 * queue, or was taken out by exactly one of: a free place, its deadline, its caller's end. A call
 * is refused when it comes, not when it has waited: when the queue is full, or when it would wait
 * longer than it may. That is {@link #MAX_WAIT} in a burst, and while a queue has been standing for
 * {@link #BURST_NANOS} it is {@link #STANDING_WAIT}, or the time of one call if that is longer, so
 * that some callers who each wait for their answer are not taken for overload. Once a call was
 * refused more come than can be served, and waiting makes answers late and none more: until nobody
 * was refused for {@link #CALM_NANOS}, a call finds a free place or none.
 */
public final class NodeGate {
  /** Calls that wait for one node; each may hold the 64 KiB of its body that are read ahead. */
  public static final int MAX_WAITING_CALLS = 256;

  /** The longest that a call waits for a place. */
  public static final Duration MAX_WAIT = Duration.ofSeconds(1);

  /** How long a call may wait in a queue that stands: as long as a person takes to notice it. */
  public static final Duration STANDING_WAIT = Duration.ofMillis(100);

  /** A queue that has stood so long is no burst: calls of one come at once. */
  static final long BURST_NANOS = 20_000_000;

  /** A queue that was empty for so long had ended, and so had overload that refused nobody. */
  static final long CALM_NANOS = 1_000_000_000;

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  // Read for each node of each decision: in this object, and not one more away.
  private static final AtomicIntegerFieldUpdater<NodeGate> IN_FLIGHT =
      AtomicIntegerFieldUpdater.newUpdater(NodeGate.class, "inFlight");
  private static final AtomicIntegerFieldUpdater<NodeGate> WAITING =
      AtomicIntegerFieldUpdater.newUpdater(NodeGate.class, "waiting");

  private volatile int inFlight;
  private volatile int waiting;
  private final LongSupplier clock;
  private final AtomicLong refused = new AtomicLong();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private volatile AdaptiveLimit limit;
  private volatile int most;
  private volatile long idleSince; // meaningless while there are calls
  private long filledAt;
  private long emptiedAt;
  private long refusedAt;

  /** One call that waits. */
  public interface Waiting {
    /**
     * A place is free, and is this call's if it still wants it; it must return at once.
     *
     * @return whether it takes the place
     */
    boolean take();
  }

  /** All places free. */
  public NodeGate(AdaptiveLimit.Bounds bounds) {
    this(bounds, System::nanoTime);
  }

  /** All places free, on another clock. */
  NodeGate(AdaptiveLimit.Bounds bounds, LongSupplier clock) {
    this.limit = new AdaptiveLimit(bounds);
    this.clock = clock;
    this.emptiedAt = calmBefore(clock.getAsLong());
    this.refusedAt = emptiedAt;
  }

  /** Another node may be at the same place now: what was learned is forgotten. */
  public void bounds(AdaptiveLimit.Bounds bounds) {
    limit = new AdaptiveLimit(bounds);
    synchronized (queue) {
      refusedAt = calmBefore(clock.getAsLong());
    }
  }

  /** So long ago that it says nothing any more. */
  private static long calmBefore(long now) {
    return now - CALM_NANOS - 1;
  }

  /** Calls that the node has of this gateway. */
  public int inFlight() {
    return inFlight;
  }

  /** Calls that wait for a place. */
  public int waiting() {
    return waiting;
  }

  /** How often a call was refused for want of a place. */
  public long refused() {
    return refused.get();
  }

  /** Calls that it gets at once. */
  public int limit() {
    return limit.calls();
  }

  /** Takes a place if one is free and nobody waits for it. */
  public boolean tryEnter() {
    return waiting == 0 && takePlace();
  }

  /** Whether a place is free and nobody waits for it. */
  public boolean hasPlace() {
    return waiting == 0 && inFlight < limit.calls();
  }

  private boolean takePlace() {
    // Never more than there are, not even for a moment: somebody else would find none free.
    int now = inFlight;
    while (now < limit.calls()) {
      if (IN_FLIGHT.compareAndSet(this, now, now + 1)) {
        note(now + 1);
        return true;
      }
      now = inFlight;
    }
    return false;
  }

  /** Takes a place whether or not one is free: for a call that was sent elsewhere before. */
  public void enter() {
    note(IN_FLIGHT.incrementAndGet(this));
  }

  private void note(int now) {
    if (now == 1) {
      long nanos = clock.getAsLong();
      limit.rested(nanos, nanos - idleSince);
    }
    if (now > most) { // of two at once one may be lost, which does no harm
      most = now;
    }
  }

  /** The most calls that it had at once since this was asked before. */
  public int takeMost() {
    int was = Math.max(most, inFlight);
    most = inFlight;
    return was;
  }

  /** Gives a place back. */
  public void leave() {
    if (IN_FLIGHT.decrementAndGet(this) == 0) {
      idleSince = clock.getAsLong();
    }
    if (waiting > 0) {
      passOn();
    }
  }

  /** A call was answered; {@link AdaptiveLimit#answered}. */
  public void answered(long waitedMicros, long functionMicros) {
    limit.answered(clock.getAsLong(), waitedMicros, functionMicros, inFlight);
  }

  /** The node itself said that it has too much to do. */
  public void overloaded() {
    limit.refused(inFlight);
  }

  /**
   * Waits for a place.
   *
   * @throws LimpetException {@code overloaded} when it would wait in vain
   */
  public void await(Waiting call) {
    synchronized (queue) {
      long now = clock.getAsLong();
      long expected = expectedNanos();
      if (isVain(now, expected)) {
        refused.incrementAndGet();
        refusedAt = now;
        throw overloaded(expected);
      }
      queue.addLast(call);
      WAITING.incrementAndGet(this);
    }
    passOn(); // a place may have become free meanwhile
  }

  /** Whether a call that came now and found no place would be refused. */
  public boolean refuses() {
    synchronized (queue) {
      return isVain(clock.getAsLong(), expectedNanos());
    }
  }

  private boolean isVain(long now, long expectedNanos) {
    return queue.size() >= MAX_WAITING_CALLS || expectedNanos > patience(now);
  }

  /** About how long one more call would wait. */
  public long expectedNanos() {
    return (waiting + 1) * limit.gapNanos();
  }

  private long patience(long now) {
    if (now - refusedAt <= CALM_NANOS) {
      return 0;
    }
    if (queue.isEmpty() && now - emptiedAt > CALM_NANOS) {
      filledAt = now;
    }
    boolean burst = now - filledAt <= BURST_NANOS;
    return burst
        ? MAX_WAIT.toNanos()
        : Math.max(STANDING_WAIT.toNanos(), limit.toleratedMicros() * 1000);
  }

  /** What a caller hears for whom there is no place. */
  public static LimpetException overloaded(long expectedNanos) {
    long seconds = Math.max(1, Math.ceilDiv(expectedNanos, NANOS_PER_SECOND));
    return new LimpetException(
        Problem.of(
                ErrorCode.OVERLOADED,
                "the nodes that may take this call have as many as they can; try again soon")
            .withRetryAfter(Duration.ofSeconds(seconds)));
  }

  /** Does not wait any longer; false when it was taken out before. */
  public boolean forget(Waiting call) {
    synchronized (queue) {
      boolean was = queue.remove(call);
      if (was) {
        taken();
      }
      return was;
    }
  }

  /**
   * Does not wait any longer, because it has waited in vain; as {@link #forget}, and counted. Who
   * waited for {@link #MAX_WAIT} was refused as one for whom there was no place from the start; who
   * had less time of its own says nothing about those that come.
   */
  public boolean giveUp(Waiting call, Duration waited) {
    synchronized (queue) {
      boolean was = forget(call);
      if (was) {
        refused.incrementAndGet();
        if (waited.compareTo(MAX_WAIT) >= 0) {
          refusedAt = clock.getAsLong();
        }
      }
      return was;
    }
  }

  private void taken() {
    WAITING.decrementAndGet(this);
    if (queue.isEmpty()) {
      emptiedAt = clock.getAsLong();
    }
  }

  /** Gives free places to those who wait, the first first. */
  private void passOn() {
    while (takePlace()) {
      Waiting first;
      synchronized (queue) {
        first = queue.pollFirst();
        if (first != null) {
          taken();
        }
      }
      if (first == null || !first.take()) {
        IN_FLIGHT.decrementAndGet(this);
        if (first == null && waiting == 0) {
          return; // else somebody came who found this place taken
        }
      }
    }
  }
}
