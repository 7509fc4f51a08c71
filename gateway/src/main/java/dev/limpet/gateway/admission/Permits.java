package dev.limpet.gateway.admission;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

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

  /** Gives one back. */
  public void release() {
    taken.decrementAndGet();
  }

  /** How many are taken. */
  public int taken() {
    return taken.get();
  }

  /** How often one was refused. */
  public long refused() {
    return refused.get();
  }
}
