package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.MemoState;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndedExecutionsTest {
  private static final Instant NOW = Instant.parse("2026-11-26T00:00:00Z");
  private static final Cid FUNCTION = Cid.of(Multicodec.RAW, new byte[] {1});

  private final EndedExecutions ended = new EndedExecutions();

  private static Execution execution(ExecutionId id, String timing) {
    return new Execution(
        id,
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
        NOW,
        NOW,
        new Execution.Usage(null, null, null, null, null, timing),
        List.of(),
        null);
  }

  private ExecutionId added(Instant at) {
    ExecutionId id = ExecutionId.random();
    ended.add(execution(id, "run;dur=1"), at);
    return id;
  }

  @Test
  void one_is_known_for_an_hour() {
    ExecutionId id = added(NOW);
    assertNotNull(ended.find(id, NOW.plus(EndedExecutions.KEPT)));
    assertNull(ended.find(id, NOW.plus(EndedExecutions.KEPT).plusMillis(1)));
  }

  @Test
  void whose_hour_is_over_makes_room_when_the_next_ends() {
    added(NOW);
    added(NOW.plus(EndedExecutions.KEPT).plusMillis(1));
    assertEquals(1, ended.size());
  }

  @Test
  void the_oldest_is_forgotten_when_all_take_too_much_memory() {
    ExecutionId first = added(NOW);
    ExecutionId last = added(NOW);
    while (ended.find(first, NOW) != null) {
      last = added(NOW);
    }
    assertNotNull(ended.find(last, NOW));
    int most = ended.size();
    added(NOW);
    assertEquals(most, ended.size());
  }

  @Test
  void what_ends_twice_is_kept_once_and_as_it_ended_last() {
    ExecutionId id = added(NOW);
    ended.add(execution(id, "run;dur=2"), NOW);
    assertEquals(1, ended.size());
    assertEquals(List.of(execution(id, "run;dur=2")), ended.all());
  }
}
