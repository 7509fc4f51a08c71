package dev.limpet.gateway.call;

import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Executions that have ended, in their order: the oldest is forgotten when its hour is over, or
 * when all together take too much memory. Every call comes here once, so this is no cache that
 * weighs what is worth keeping.
 */
final class EndedExecutions {
  /** How long one is known. */
  static final Duration KEPT = Duration.ofHours(1);

  /** Memory for all of them; some 15 000 of usual size. */
  static final long MAX_KEPT_BYTES = 16L << 20;

  /** What one takes besides its texts: objects, CIDs, a place in the map. */
  private static final int FIXED_BYTES = 700;

  private static final int FIXED_CANDIDATE_BYTES = 150;

  private final Map<ExecutionId, Kept> inOrder = new LinkedHashMap<>();
  private long bytes;

  private record Kept(Execution execution, int bytes, long endedMillis) {
    boolean isOver(long nowMillis) {
      return nowMillis - endedMillis > KEPT.toMillis();
    }
  }

  /** Keeps one that ended now, in place of what was known of it. */
  synchronized void add(Execution execution, Instant now) {
    Kept before = inOrder.remove(execution.id());
    if (before != null) {
      bytes -= before.bytes;
    }
    Kept kept = new Kept(execution, weigh(execution), now.toEpochMilli());
    inOrder.put(execution.id(), kept);
    bytes += kept.bytes;
    Iterator<Kept> oldest = inOrder.values().iterator();
    while (oldest.hasNext()) {
      Kept next = oldest.next();
      if (bytes <= MAX_KEPT_BYTES && !next.isOver(kept.endedMillis)) {
        return;
      }
      bytes -= next.bytes;
      oldest.remove();
    }
  }

  /** What is known of one, or null. */
  synchronized @Nullable Execution find(ExecutionId id, Instant now) {
    Kept kept = inOrder.get(id);
    return kept == null || kept.isOver(now.toEpochMilli()) ? null : kept.execution;
  }

  /** All that are known. */
  synchronized List<Execution> all() {
    return inOrder.values().stream().map(Kept::execution).toList();
  }

  /** How many are kept. */
  synchronized int size() {
    return inOrder.size();
  }

  private static int weigh(Execution execution) {
    int bytes = FIXED_BYTES;
    for (String data : execution.data()) {
      bytes += 2 * data.length();
    }
    for (Candidate candidate : execution.candidates()) {
      bytes += FIXED_CANDIDATE_BYTES + candidate.reason().length();
    }
    String timing = execution.usage().serverTiming();
    return bytes + (timing == null ? 0 : timing.length());
  }
}
