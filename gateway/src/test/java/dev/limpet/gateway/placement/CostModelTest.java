package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Choice.Reason;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Load;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What outweighs what. Nodes have four slots and have run nothing, so a call counts 10 ms. */
class CostModelTest {
  private static final Cid DATA = FakeNodes.cid("data");
  private static final Cid FUNCTION = FakeNodes.cid("function");
  private static final int SLOTS = 4;

  private final FakeNodes nodes;

  CostModelTest(@TempDir Path dir) {
    nodes = new FakeNodes(dir, 10_000);
  }

  @AfterEach
  void stop() {
    nodes.close();
  }

  private KnownNode join(String name, long holds) {
    KnownNode node = nodes.join(name, new Capacity(1 << 30, SLOTS, FakeNodes.MEMORY));
    if (holds > 0) {
      nodes.snapshot(name, FakeNodes.root(DATA, holds, true));
    } else {
      nodes.snapshot(name);
    }
    return node;
  }

  private static void calls(KnownNode node, int calls) {
    for (int i = 0; i < calls; i++) {
      node.callStarted();
    }
  }

  private List<Choice> choices(Cid... data) {
    List<Question.Wanted> wanted = List.of(data).stream().map(Question.Wanted::whole).toList();
    Decision decision =
        new Placement(nodes.registry, nodes.index)
            .decide(new Question(FUNCTION, FakeNodes.MEMORY, wanted, 1L << 40, Needs.NONE));
    return ((Decision.Run) decision).choices();
  }

  private String first(Cid... data) {
    return choices(data).getFirst().node().name();
  }

  @Test
  void terms_are_what_the_model_says() {
    assertEquals(0, CostModel.moveMicros(0, 1));
    assertEquals(CostModel.FETCH_MICROS + 2_500_000, CostModel.moveMicros(25, 10));
    assertTrue(CostModel.moveMicros(Long.MAX_VALUE, 1) < CostModel.moveMicros(-1, 1));
    assertEquals(0, CostModel.queueMicros(3, 4, 10_000));
    assertEquals(2_500, CostModel.queueMicros(4, 4, 10_000));
    assertEquals(30_000, CostModel.queueMicros(3, 1, 10_000));
  }

  @Test
  void data_moves_when_it_takes_less_time_than_the_queue() {
    KnownNode holder = join("holder", 1_250_000); // 100 ms at 100 Mbit/s, and 10 ms for the fetch
    join("idle", 0);
    calls(holder, SLOTS + 40); // 41 calls over four slots: 102.5 ms
    assertEquals("holder", first(DATA));
    calls(holder, 4);
    List<Choice> choices = choices(DATA);
    assertEquals(List.of("idle", "holder"), choices.stream().map(c -> c.node().name()).toList());
    assertEquals(110_000, choices.getFirst().cost().moveMicros());
    assertEquals(112_500, choices.getLast().cost().queueMicros());
    assertEquals(Reason.HOLDS_DATA_BUSY, choices.getLast().reason());
  }

  @Test
  void behind_more_holders_than_are_chosen_only_who_begins_before_them_is_a_choice() {
    List<KnownNode> holders = new ArrayList<>();
    for (int i = 0; i <= Placement.MAX_CHOICES; i++) {
      holders.add(join("holder-" + i, 1_250_000));
    }
    join("idle", 0);
    holders.forEach(holder -> calls(holder, SLOTS + 40)); // 102.5 ms each, the move 110
    List<Choice> choices = choices(DATA);
    assertEquals(Placement.MAX_CHOICES, choices.size());
    assertTrue(choices.stream().allMatch(Choice::needsNoMove), "holders are enough");
    holders.forEach(holder -> calls(holder, 4)); // 112.5 ms
    List<Choice> later = choices(DATA);
    assertEquals("idle", later.getFirst().node().name());
    assertEquals(Placement.MAX_CHOICES, later.size());
    assertTrue(later.stream().skip(1).allMatch(Choice::needsNoMove));
  }

  @Test
  void bandwidth_that_was_measured_counts() {
    KnownNode holder = join("holder", 1_250_000);
    KnownNode idle = join("idle", 0);
    for (int i = 0; i < 100; i++) {
      idle.pace().learn(1, 1_000_000, 1_000_000);
    }
    calls(holder, SLOTS + 44);
    assertEquals("holder", first(DATA));
  }

  @Test
  void a_warm_node_never_outweighs_bytes() {
    KnownNode holder = join("holder", 1);
    KnownNode warm = join("warm", 0);
    warm.warmed(FUNCTION);
    assertEquals("holder", first(DATA));
    calls(holder, SLOTS + 2); // 7.5 ms, less than any fetch
    assertEquals("holder", first(DATA));
  }

  @Test
  void among_holders_a_warm_one_is_worth_a_short_queue() {
    KnownNode warm = join("warm", 1);
    join("cold", 1);
    warm.warmed(FUNCTION);
    assertEquals("warm", first(DATA));
    calls(warm, SLOTS + 6); // 17.5 ms
    assertEquals("warm", first(DATA));
    calls(warm, 2); // 22.5 ms
    assertEquals("cold", first(DATA));
  }

  @Test
  void a_node_that_joins_again_is_cold() {
    KnownNode node = join("node", 1);
    node.warmed(FUNCTION);
    assertEquals(0, choices(DATA).getFirst().cost().coldMicros());
    join("node", 1);
    assertEquals(CostModel.COLD_MICROS, choices(DATA).getFirst().cost().coldMicros());
  }

  @Test
  void what_a_node_says_it_has_besides_our_calls_counts() {
    KnownNode node = join("node", 1);
    calls(node, 2);
    say("node", new Load(2, 0, 0));
    assertEquals(2, node.calls());
    say("node", new Load(2, 5, 0));
    assertEquals(7, node.calls());
    node.callEnded();
    node.callEnded();
    assertEquals(5, node.calls());
    say("node", new Load(2, 0, 0)); // as it was before ours ended
    assertEquals(0, node.calls());
    say("node", new Load(Integer.MAX_VALUE, Integer.MAX_VALUE, 0));
    assertEquals(KnownNode.MAX_OTHER_CALLS, node.calls());
  }

  private void say(String name, Load load) {
    nodes.say(name, AnnouncementKind.HEARTBEAT, load);
  }

  @Test
  void a_call_has_two_homes_that_share_it_before_a_third_gets_it() {
    for (int i = 0; i < 10; i++) {
      join("node" + i, 1);
    }
    Map<String, Integer> calls = new HashMap<>();
    for (int i = 0; i < 2 * (SLOTS - 1); i++) {
      KnownNode node = choices(DATA).getFirst().node();
      node.callStarted();
      calls.merge(node.name(), 1, Integer::sum);
    }
    assertEquals(Set.of(SLOTS - 1), new HashSet<>(calls.values()));
    assertEquals(2, calls.size());
    assertTrue(calls.containsKey(first(DATA)));
    nodes.registry.nodes().stream()
        .filter(node -> calls.containsKey(node.name()))
        .forEach(KnownNode::callStarted);
    assertFalse(calls.containsKey(first(DATA)));
  }

  @Test
  void a_node_that_comes_or_goes_changes_no_home_but_its_own() {
    Map<Integer, String> before = new HashMap<>();
    for (int i = 0; i < 8; i++) {
      join("node" + i, 0);
    }
    Placement placement = new Placement(nodes.registry, nodes.index);
    for (int i = 0; i < 200; i++) {
      before.put(i, home(placement, i));
    }
    nodes.goodbye("node3");
    for (int i = 0; i < 200; i++) {
      String home = home(placement, i);
      if (before.getOrDefault(i, "").equals("node3")) {
        assertNotEquals("node3", home);
      } else {
        assertEquals(before.get(i), home);
      }
    }
  }

  private static String home(Placement placement, int function) {
    Cid cid = FakeNodes.cid("function " + function);
    Decision decision =
        placement.decide(new Question(cid, FakeNodes.MEMORY, List.of(), 0, Needs.NONE));
    return ((Decision.Run) decision).choices().getFirst().node().name();
  }
}
