package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Holds;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.NodeState;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackedExecutionTest {
  private static final int HEAD_BYTES = 7;
  private static final Cid FUNCTION = Cid.of(Multicodec.DAG_CBOR, new byte[] {1});
  private static final Cid TASK = Cid.of(Multicodec.DAG_CBOR, new byte[] {2});
  private static final Instant BEGAN = Instant.parse("2026-11-26T00:00:00.123456789Z");
  private static final Execution.Usage USAGE =
      new Execution.Usage(1L, Long.MAX_VALUE, 0L, 1L << 40, 5L, "route;dur=0.1, run;dur=2");

  private static void assertComesBack(Execution execution) {
    ByteBuffer packed = PackedExecution.pack(execution, HEAD_BYTES);
    byte[] bytes = new byte[packed.remaining() - HEAD_BYTES];
    packed.get(HEAD_BYTES, bytes);
    Execution back = PackedExecution.unpack(bytes);
    assertEquals(execution, back);
    assertArrayEquals(Json.write(execution), Json.write(back));
  }

  private static Execution full(ExecutionState state, MemoState memo, List<Candidate> candidates) {
    return new Execution(
        ExecutionId.random(),
        state,
        FUNCTION,
        "größe@3",
        List.of("bafkqaaa/a b", "", "bafkqaaa/\uD83D\uDE00"),
        "edge-1",
        599,
        "node-failed",
        -7,
        TASK,
        memo,
        BEGAN,
        BEGAN.plusNanos(1),
        USAGE,
        candidates,
        "/v1/executions/x/result",
        "public",
        TASK.toString());
  }

  @Test
  void every_field_comes_back() {
    assertComesBack(
        full(
            ExecutionState.FAILED,
            MemoState.HIT,
            List.of(
                new Candidate(
                    "edge-1",
                    Holds.PARTIAL,
                    -1,
                    "no data is needed",
                    NodeState.AWAY,
                    new Candidate.Cost(-1, 2.5, 20, 5, 4, 0.125, Long.MAX_VALUE)),
                new Candidate("edge-2", Holds.NONE, Long.MAX_VALUE, "", NodeState.REVOKED, null))));
  }

  @Test
  void what_is_not_known_stays_unknown() {
    assertComesBack(
        new Execution(
            ExecutionId.random(),
            ExecutionState.DONE,
            FUNCTION,
            null,
            List.of(),
            null,
            null,
            null,
            null,
            null,
            MemoState.BYPASS,
            BEGAN,
            null,
            Execution.Usage.UNKNOWN,
            List.of(),
            null,
            null,
            null));
  }

  @Test
  void every_state_comes_back() {
    for (ExecutionState state : ExecutionState.values()) {
      for (MemoState memo : MemoState.values()) {
        assertComesBack(full(state, memo, List.of()));
      }
    }
    for (Holds holds : Holds.values()) {
      for (NodeState node : NodeState.values()) {
        Candidate one = new Candidate("edge", holds, 0, "why", node, null);
        assertComesBack(full(ExecutionState.DONE, MemoState.MISS, List.of(one)));
      }
    }
  }

  @Test
  void a_text_longer_than_a_short_counts_comes_back() {
    String timing = "é".repeat(70_000);
    assertComesBack(
        new Execution(
            ExecutionId.random(),
            ExecutionState.DONE,
            FUNCTION,
            null,
            List.of(),
            "edge",
            200,
            null,
            0,
            null,
            MemoState.BYPASS,
            BEGAN,
            BEGAN,
            new Execution.Usage(null, null, null, null, null, timing),
            List.of(),
            null,
            null,
            null));
  }
}
