package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.MemoState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsyncCallTest {
  private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

  private final ExecutionLog executions = new ExecutionLog(InstantSource.fixed(NOW));
  private final AsyncCall call =
      new AsyncCall(executions, execution(ExecutionId.random(), ExecutionState.RUNNING));

  private static Execution execution(ExecutionId id, ExecutionState state) {
    return new Execution(
        id,
        state,
        Cid.of(Multicodec.RAW, new byte[] {1}),
        null,
        List.of(),
        null,
        null,
        null,
        null,
        null,
        MemoState.BYPASS,
        NOW,
        null,
        Execution.Usage.UNKNOWN,
        List.of(),
        null,
        "owner",
        null);
  }

  /** Another attempt may follow, and who reads that it is done comes for the answer. */
  @Test
  void has_not_ended_with_its_attempt_but_when_its_answer_is_there() {
    executions.ended(execution(call.nextId(), ExecutionState.DONE));
    assertEquals(ExecutionState.RUNNING, call.execution().state());
    call.end();
    assertEquals(ExecutionState.DONE, call.execution().state());
  }
}
