package dev.limpet.gateway.call;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Problem;
import io.vertx.core.MultiMap;
import java.util.Map;

/**
 * A call whose caller comes back for the answer. It has the id of its first attempt that came to a
 * node; when that broke off and another was made, the answer names the one that answered.
 */
final class AsyncCall implements Waiter {
  private final ExecutionId id = ExecutionId.random();
  private final ExecutionLog executions;
  private final KeptAnswer answer = new KeptAnswer();
  private final Execution accepted;
  private volatile ExecutionId attempt = id;
  private volatile boolean ended;

  /**
   * A call that was accepted.
   *
   * @param accepted what is known of it, with any id
   */
  AsyncCall(ExecutionLog executions, Execution accepted) {
    this.executions = executions;
    this.accepted = accepted;
  }

  ExecutionId id() {
    return id;
  }

  /** The attempt that runs, or ran last. */
  ExecutionId attempt() {
    return attempt;
  }

  /** Where the answer goes; nobody looks before {@link #isEnded}. */
  KeptAnswer answer() {
    return answer;
  }

  /** The answer is whole, or there will be none. */
  void end() {
    ended = true;
  }

  boolean isEnded() {
    return ended;
  }

  /**
   * What is known of it. It has not ended with its attempt: another may follow, and who reads that
   * it is done comes for the answer.
   */
  Execution execution() {
    boolean over = ended;
    Execution known = executions.find(attempt);
    if (known == null || (!over && known.state() != ExecutionState.RUNNING)) {
      known = accepted;
    }
    Execution shown = known.asCall(id, AsyncCalls.resultOf(id));
    ErrorCode failure = over ? answer.failure() : null;
    return failure == null ? shown : shown.failed(failure, executions.now());
  }

  /** About the bytes that it takes. */
  int weight() {
    int bytes = answer.body().length();
    for (Map.Entry<String, String> line : answer.headers()) {
      bytes += 2 * (line.getKey().length() + line.getValue().length());
    }
    return bytes;
  }

  /** The first id is free again when its attempt was forgotten: it never came to a node. */
  @Override
  public ExecutionId nextId() {
    attempt = executions.find(id) == null ? id : ExecutionId.random();
    return attempt;
  }

  @Override
  public MultiMap headers() {
    return answer.headers();
  }

  @Override
  public void problem(Problem problem) {
    answer.problem(problem);
  }
}
