package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.log.LogRecord;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.Problem;
import dev.limpet.wasmhost.CancelToken;
import dev.limpet.wasmhost.GuestLog;
import dev.limpet.wasmhost.LiveLog;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An Execution that was let in and has not ended.
 *
 * @param execution its id
 * @param function CID of the manifest
 * @param inputs what it reads
 * @param startedAt when it was let in
 * @param cancel ends it
 * @param log what its function wrote until now
 */
record RunningInvocation(
    ExecutionId execution,
    Cid function,
    List<Invocation.Input> inputs,
    Instant startedAt,
    CancelToken cancel,
    LiveLog log) {
  static RunningInvocation of(Invocation invocation) {
    return new RunningInvocation(
        invocation.execution(),
        invocation.function(),
        invocation.inputs(),
        Instant.now(),
        new CancelToken(),
        new LiveLog());
  }

  /** Its log until now. */
  LogRecord now() {
    return new LogRecord(item(ExecutionState.RUNNING, null, null), log.now());
  }

  /**
   * Its log at its end; null when there is nothing to tell: it ended well without a word, or its
   * function never ran.
   */
  @Nullable LogRecord ended(@Nullable Problem problem) {
    GuestLog written = log.now();
    if (!log.hasBegun() || (problem == null && written.isEmpty())) {
      return null;
    }
    ExecutionState state = problem == null ? ExecutionState.DONE : ExecutionState.FAILED;
    return new LogRecord(item(state, Instant.now(), problem), written);
  }

  private LogItem item(ExecutionState state, @Nullable Instant endedAt, @Nullable Problem problem) {
    return new LogItem(
        execution,
        function,
        null,
        state,
        startedAt,
        endedAt,
        problem == null ? null : problem.code().code(),
        problem == null ? state == ExecutionState.DONE ? 0 : null : problem.context().exitCode(),
        problem == null ? null : problem.detail(),
        "",
        0,
        0);
  }
}
