package dev.limpet.gateway.admission;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A fixed number of things at once. What comes beyond is refused at once and not queued: calls have
 * a queue at the node that they go to ({@link NodeGate}), and another one would only make late
 * answers later.
 */
public final class Permits {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final String what;
  private final int max;
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicLong refused = new AtomicLong();

  /**
   * All free.
   *
   * @param what is bounded, in the plural, for the sentence of an error
   * @param max at once
   */
  public Permits(String what, int max) {
    this.what = what;
    this.max = max;
  }

  /**
   * Takes one; {@link #release} must follow.
   *
   * @throws LimpetException {@code overloaded} when all are taken
   */
  public void take() {
    if (taken.incrementAndGet() > max) {
      taken.decrementAndGet();
      refused.incrementAndGet();
      throw new LimpetException(
          Problem.of(
                  ErrorCode.OVERLOADED,
                  "this gateway has " + max + " " + what + " at once already; try again soon")
              .withRetryAfter(RETRY_AFTER));
    }
  }

  /**
   * Does work that has one until its future is complete. Fails with {@code overloaded} when all are
   * taken, and with what {@code begin} throws.
   */
  public <T> Future<T> during(Supplier<Future<T>> begin) {
    try {
      take();
    } catch (LimpetException e) {
      return Future.failedFuture(e);
    }
    return GuardedWork.of(begin).onComplete(_ -> release());
  }

  /** Gives one back. */
  public void release() {
    taken.decrementAndGet();
  }

  /** How many are taken. */
  public int taken() {
    return taken.get();
  }

  /** How many there are. */
  public int max() {
    return max;
  }

  /** How often one was refused. */
  public long refused() {
    return refused.get();
  }
}
