package dev.limpet.gateway.admission;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many calls at once each one may have of those that all have together, so that one function or
 * one caller leaves room for others. Knows only those who have calls.
 *
 * @param <K> who has calls
 */
public final class Shares<K> {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final String whose;
  private final int max;
  private final ConcurrentMap<K, Integer> taken = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  /**
   * Shares of this size.
   *
   * @param whose for the sentence of an error: {@code this function}
   * @param max calls of each at once
   */
  public Shares(String whose, int max) {
    this.whose = whose;
    this.max = max;
  }

  /**
   * Takes one for {@code key}; {@link #release} must follow.
   *
   * @throws LimpetException {@code overloaded} when it has its share
   */
  public void take(K key) {
    if (taken.merge(key, 1, Integer::sum) > max) {
      release(key);
      refused.incrementAndGet();
      throw new LimpetException(
          Problem.of(
                  ErrorCode.OVERLOADED,
                  whose + " has " + max + " calls at once here already; try again soon")
              .withRetryAfter(RETRY_AFTER));
    }
  }

  /** Gives one back. */
  public void release(K key) {
    taken.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }

  /** How many this one has. */
  public int taken(K key) {
    return taken.getOrDefault(key, 0);
  }

  /** How many each may have. */
  public int max() {
    return max;
  }

  /** How many have calls. */
  public int size() {
    return taken.size();
  }

  /** How often one was refused. */
  public long refused() {
    return refused.get();
  }
}
