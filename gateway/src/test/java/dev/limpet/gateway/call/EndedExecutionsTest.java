package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.MemoState;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndedExecutionsTest {
  private static final Instant NOW = Instant.parse("2026-11-26T00:00:00Z");
  private static final Cid FUNCTION = Cid.of(Multicodec.RAW, new byte[] {1});
  private static final Cid OTHER = Cid.of(Multicodec.RAW, new byte[] {2});
  private static final String TIMING = "run;dur=1";
  private static final int MUCH = 5000;

  private final EndedExecutions ended = new EndedExecutions();

  private static Execution execution(ExecutionId id, String timing) {
    return execution(id, FUNCTION, "edge", timing);
  }

  private static Execution execution(ExecutionId id, Cid function, String node, String timing) {
    return new Execution(
        id,
        ExecutionState.DONE,
        function,
        null,
        List.of(),
        node,
        200,
        null,
        0,
        null,
        MemoState.BYPASS,
        NOW,
        NOW,
        new Execution.Usage(null, null, null, null, null, timing),
        List.of(),
        null,
        "owner",
        null);
  }

  private ExecutionId added(Instant at) {
    ExecutionId id = ExecutionId.random();
    ended.add(execution(id, TIMING), at);
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
    List<ExecutionId> ids = new ArrayList<>();
    ids.add(added(NOW));
    while (ended.find(ids.getFirst(), NOW) != null) {
      ids.add(added(NOW));
    }
    int most = ended.size();
    assertTrue(most > MUCH, "only " + most);
    for (int i = 0; i < MUCH; i++) {
      ids.add(added(NOW));
      assertEquals(most, ended.size());
    }
    int forgotten = ids.size() - most;
    for (int i = 0; i < ids.size(); i++) {
      Execution found = ended.find(ids.get(i), NOW);
      assertEquals(i < forgotten ? null : execution(ids.get(i), TIMING), found);
    }
  }

  @Test
  void a_large_one_takes_the_place_of_as_many_small_ones_as_it_needs() {
    ExecutionId first = added(NOW);
    IntStream.range(0, 10).forEach(_ -> added(NOW));
    ExecutionId large = ExecutionId.random();
    String timing = "x".repeat(EndedExecutions.MAX_KEPT_BYTES - 1000);
    ended.add(execution(large, timing), NOW);
    assertNull(ended.find(first, NOW));
    assertEquals(execution(large, timing), ended.find(large, NOW));
    ExecutionId last = added(NOW);
    assertNotNull(ended.find(large, NOW));
    assertNotNull(ended.find(last, NOW));
  }

  @Test
  void what_ends_twice_is_known_as_it_ended_last() {
    ExecutionId id = added(NOW);
    ended.add(execution(id, "run;dur=2"), NOW);
    assertEquals(execution(id, "run;dur=2"), ended.find(id, NOW));
  }

  @Test
  void a_function_ran_where_the_kept_ones_ran() {
    Instant later = NOW.plus(EndedExecutions.KEPT).plusMillis(1);
    ended.add(execution(ExecutionId.random(), FUNCTION, "early", TIMING), NOW);
    ended.add(execution(ExecutionId.random(), FUNCTION, "both", TIMING), NOW);
    ended.add(execution(ExecutionId.random(), OTHER, "other", TIMING), NOW);
    assertEquals(Set.of("early", "both"), ended.nodesOf(FUNCTION));
    ended.add(execution(ExecutionId.random(), FUNCTION, "both", TIMING), later);
    assertEquals(Set.of("both"), ended.nodesOf(FUNCTION));
    assertEquals(Set.of(), ended.nodesOf(OTHER));
  }

  @Test
  void a_list_gives_those_that_are_wanted_once_page_by_page_and_forgets_them_after_their_hour() {
    Cid other = Cid.of(Multicodec.RAW, new byte[] {7});
    List<ExecutionId> wanted = new ArrayList<>();
    for (int i = 0; i < MUCH; i++) {
      ExecutionId id = ExecutionId.random();
      boolean mine = i % 3 == 0;
      ended.add(execution(id, mine ? FUNCTION : other, "edge", TIMING), NOW);
      if (mine) {
        wanted.add(id);
      }
    }
    List<ExecutionId> found = new ArrayList<>();
    Long next = 0L;
    while (next != null) {
      EndedExecutions.Part part =
          ended.list(next, one -> one.function().equals(FUNCTION), 100, NOW);
      assertTrue(part.found().size() <= 100);
      part.found().forEach(one -> found.add(one.id()));
      next = part.next();
    }
    assertEquals(wanted, found);
    Instant later = NOW.plus(EndedExecutions.KEPT).plusMillis(1);
    assertEquals(List.of(), ended.list(0, _ -> true, 100, later).found());
  }

  /** What is made on the way tells how far it is: of each that is passed some 100 bytes. */
  @Test
  void a_list_begins_at_its_place_and_not_at_the_oldest() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 2 * MUCH + 5; i++) {
      added(NOW);
    }
    long next = 0;
    for (Long at = next; at != null; at = ended.list(at, _ -> false, 1, NOW).next()) {
      next = at;
    }
    ExecutionId last = added(NOW);
    long before = threads.getCurrentThreadAllocatedBytes();
    EndedExecutions.Part part = ended.list(next, one -> one.id().equals(last), 1, NOW);
    long made = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(last, part.found().getFirst().id());
    assertNull(part.next());
    assertTrue(made < 10 * MUCH, made + " bytes");
  }

  /** Who asks may say any, and what lies there must not be taken for an Execution. */
  @Test
  void a_place_within_an_execution_is_none() {
    added(NOW);
    ExecutionId second = added(NOW);
    Long place = ended.list(0, _ -> true, 1, NOW).next();
    assertNotNull(place);
    for (long from = 1; from <= place; from++) {
      assertEquals(second, ended.list(from, _ -> true, 1, NOW).found().getFirst().id());
    }
    for (long from = place + 1; from < 2 * place; from++) {
      assertEquals(List.of(), ended.list(from, _ -> true, 1, NOW).found());
    }
  }

  @Test
  void a_list_from_a_place_that_is_none_goes_on_at_the_next_one() {
    added(NOW);
    ExecutionId second = added(NOW);
    assertEquals(second, ended.list(1, _ -> true, 100, NOW).found().getFirst().id());
    assertEquals(
        new EndedExecutions.Part(List.of(), null), ended.list(Long.MAX_VALUE, _ -> true, 1, NOW));
  }
}
