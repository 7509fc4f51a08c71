package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What runs now, by its Execution, so that it can be looked at and cancelled. */
final class RunningInvocations {
  private final ConcurrentHashMap<ExecutionId, RunningInvocation> running =
      new ConcurrentHashMap<>();

  /**
   * Registers an Execution.
   *
   * @throws LimpetException {@code bad-header} when its id is in use
   */
  RunningInvocation start(Invocation invocation) {
    RunningInvocation started = RunningInvocation.of(invocation);
    if (running.putIfAbsent(started.execution(), started) != null) {
      throw new LimpetException(
          ErrorCode.BAD_HEADER, "the execution " + started.execution() + " is running already");
    }
    return started;
  }

  void end(RunningInvocation ended) {
    running.remove(ended.execution());
  }

  /** An Execution that runs, or null. */
  @Nullable RunningInvocation find(ExecutionId execution) {
    return running.get(execution);
  }

  /** Whether an Execution that runs reads the DAG under this root. */
  boolean read(Cid root) {
    for (RunningInvocation each : running.values()) {
      for (Invocation.Input input : each.inputs()) {
        if (input.root().toV1().equals(root)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Cancels an Execution; false when it does not run. */
  boolean cancel(ExecutionId execution) {
    RunningInvocation found = running.get(execution);
    if (found == null) {
      return false;
    }
    found.cancel().cancel();
    return true;
  }

  /** Cancels all that run. */
  void cancelAll() {
    running.values().forEach(each -> each.cancel().cancel());
  }
}
