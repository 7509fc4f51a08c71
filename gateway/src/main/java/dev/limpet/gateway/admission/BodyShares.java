package dev.limpet.gateway.admission;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many places of a node are held for bodies that are still on their way. A place is taken
 * before a long body is read, so one caller that sends slowly could hold all places of a small
 * node: each caller may hold half of them in this way, and at least one.
 *
 * @param <K> what tells callers apart
 */
public final class BodyShares<K> {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Map<Held<K>, Integer> held = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  private record Held<K>(K caller, NodeGate node) {}

  /** No place is held. */
  public BodyShares() {}

  /**
   * Takes one; {@link #release} must follow.
   *
   * @return false when the caller holds its share of this node
   */
  public boolean take(K caller, NodeGate node) {
    int share = Math.max(1, node.limit() / 2);
    if (held.merge(new Held<>(caller, node), 1, Integer::sum) <= share) {
      return true;
    }
    release(caller, node);
    return false;
  }

  /** Gives one back: the body has been read, or nobody waits for it. */
  public void release(K caller, NodeGate node) {
    held.computeIfPresent(new Held<>(caller, node), (_, count) -> count == 1 ? null : count - 1);
  }

  /** Pairs of caller and node for which bodies are on their way. */
  public int size() {
    return held.size();
  }

  /** What a caller hears that has its share of each node that may take its call. */
  public LimpetException refuse() {
    refused.incrementAndGet();
    return new LimpetException(
        Problem.of(
                ErrorCode.OVERLOADED,
                "bodies of this caller that are on their way have their part of the places of each"
                    + " node; send them one after the other")
            .withRetryAfter(RETRY_AFTER));
  }

  /** How often a call was refused for this. */
  public long refused() {
    return refused.get();
  }
}
