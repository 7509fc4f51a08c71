package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The Executions that run, and those that ended within the last hour. The first are as many as
 * there are calls at once; the second are bounded by what they take of memory, so under load an
 * Execution may be forgotten before its hour is over.
 */
public final class ExecutionLog {
  private final InstantSource clock;
  private final Map<ExecutionId, Attempt> running = new ConcurrentHashMap<>();
  private final EndedExecutions ended = new EndedExecutions();

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

  /** An attempt has ended like this. */
  void ended(Execution execution) {
    ended.add(execution, now());
    running.remove(execution.id());
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
    return attempt != null ? attempt.snapshot() : ended.find(id, now());
  }

  /** Some of those that have ended, as {@link EndedExecutions#list} gives them. */
  EndedExecutions.Part list(long from, Predicate<Execution> wanted, int limit) {
    return ended.list(from, wanted, limit, now());
  }

  /** Names of nodes that ran a function and are remembered for it. */
  public Set<String> nodesOf(Cid function) {
    Set<String> nodes = ended.nodesOf(function);
    for (Attempt attempt : running.values()) {
      Execution execution = attempt.snapshot();
      String node = execution.node();
      if (node != null && execution.function().equals(function)) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  /** Executions that have not ended. */
  public int running() {
    return running.size();
  }

  /** How many are kept that have ended. */
  public long kept() {
    return ended.size();
  }
}
