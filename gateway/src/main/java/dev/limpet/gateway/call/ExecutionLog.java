package dev.limpet.gateway.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The Executions that run, and those that ended within the last hour. The first are as many as
 * there are calls at once; the second are bounded by what they take of memory, so under load an
 * Execution may be forgotten before its hour is over.
 */
public final class ExecutionLog {
  /** How long an Execution that has ended is known. */
  static final Duration KEPT = Duration.ofHours(1);

  /** Memory for Executions that have ended; some 15 000 of usual size. */
  static final long MAX_KEPT_BYTES = 16L << 20;

  /** What an Execution takes besides its texts: objects, CIDs, a place in the cache. */
  private static final int FIXED_BYTES = 700;

  private static final int FIXED_CANDIDATE_BYTES = 150;

  private final InstantSource clock;
  private final Map<ExecutionId, Attempt> running = new ConcurrentHashMap<>();
  private final Cache<ExecutionId, Execution> ended =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT_BYTES)
          .weigher((ExecutionId _, Execution execution) -> weigh(execution))
          .expireAfterWrite(KEPT)
          .executor(Runnable::run)
          .build();

  /** Times are those of {@code clock}. */
  public ExecutionLog(InstantSource clock) {
    this.clock = clock;
  }

  Instant now() {
    return Instant.ofEpochMilli(clock.millis());
  }

  void began(Attempt attempt) {
    running.put(attempt.id(), attempt);
  }

  void ended(Attempt attempt, Execution execution) {
    ended.put(execution.id(), execution);
    running.remove(attempt.id());
  }

  /** The attempt never came to its node. */
  void forget(Attempt attempt) {
    running.remove(attempt.id());
  }

  /** An attempt that runs now, or null. */
  @Nullable Attempt running(ExecutionId id) {
    return running.get(id);
  }

  /** What is known of an Execution, or null. */
  public @Nullable Execution find(ExecutionId id) {
    Attempt attempt = running.get(id);
    return attempt != null ? attempt.snapshot() : ended.getIfPresent(id);
  }

  /** Names of nodes that ran a function and are remembered for it. */
  public Set<String> nodesOf(Cid function) {
    Set<String> nodes = new HashSet<>();
    running.values().forEach(attempt -> addNode(attempt.snapshot(), function, nodes));
    ended.asMap().values().forEach(execution -> addNode(execution, function, nodes));
    return nodes;
  }

  private static void addNode(Execution execution, Cid function, Set<String> nodes) {
    String node = execution.node();
    if (node != null && execution.function().equals(function)) {
      nodes.add(node);
    }
  }

  /** Executions that have not ended. */
  public int running() {
    return running.size();
  }

  /** About how many are kept that have ended. */
  public long kept() {
    return ended.estimatedSize();
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
