package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmhost.CancelToken;
import java.util.concurrent.ConcurrentHashMap;

/** What runs now, by its Execution, so that it can be cancelled. */
final class RunningInvocations {
  private final ConcurrentHashMap<ExecutionId, CancelToken> running = new ConcurrentHashMap<>();

  /**
   * Registers an Execution.
   *
   * @throws LimpetException {@code bad-header} when its id is in use
   */
  CancelToken start(ExecutionId execution) {
    CancelToken token = new CancelToken();
    if (running.putIfAbsent(execution, token) != null) {
      throw new LimpetException(
          ErrorCode.BAD_HEADER, "the execution " + execution + " is running already");
    }
    return token;
  }

  void end(ExecutionId execution) {
    running.remove(execution);
  }

  /** Cancels an Execution; false when it does not run. */
  boolean cancel(ExecutionId execution) {
    CancelToken token = running.get(execution);
    if (token == null) {
      return false;
    }
    token.cancel();
    return true;
  }

  /** Cancels all that run. */
  void cancelAll() {
    running.values().forEach(CancelToken::cancel);
  }
}
