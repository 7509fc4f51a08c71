package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a fixed number of invocations run and a few more wait a moment: a short spike is smoothed, a
 * long one is refused at once, so that the gateway can ask another node.
 */
public final class Admission {
  /** When a refused caller may try again; a guest lives for milliseconds. */
  static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Limits limits;
  private final Semaphore permits;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * How much is let in.
   *
   * @param running invocations at the same time, at least 1
   * @param waiting invocations that may wait for one of these
   * @param longestWait how long they wait
   */
  public record Limits(int running, int waiting, Duration longestWait) {
    /** Checks the numbers. */
    public Limits {
      if (running < 1 || waiting < 0 || longestWait.isNegative()) {
        throw new IllegalArgumentException("admission needs room for one at least");
      }
    }
  }

  /** Opens with all places free. */
  public Admission(Limits limits) {
    this.limits = limits;
    this.permits = new Semaphore(limits.running(), true);
  }

  /**
   * Waits for a place.
   *
   * @throws LimpetException {@code overloaded} when there is none in time
   */
  void enter(Duration deadline) {
    if (permits.tryAcquire()) {
      return;
    }
    if (waiting.incrementAndGet() > limits.waiting()) {
      waiting.decrementAndGet();
      throw overloaded();
    }
    try {
      long nanos = Math.min(deadline.toNanos(), limits.longestWait().toNanos());
      if (!permits.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
        throw overloaded();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** Gives the place back. */
  void leave() {
    permits.release();
  }

  private LimpetException overloaded() {
    return new LimpetException(
        Problem.of(
                ErrorCode.OVERLOADED,
                "this node runs "
                    + limits.running()
                    + " invocations at once and has no place to wait")
            .withRetryAfter(RETRY_AFTER));
  }

  /** Invocations that run now. */
  public int running() {
    return limits.running() - permits.availablePermits();
  }

  /** Invocations that wait now. */
  public int waiting() {
    return waiting.get();
  }
}
