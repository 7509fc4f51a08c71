package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Choice.Reason;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More nodes than one decision looks at. Nodes have one slot; the data has 100 bytes. */
class ManyNodesTest {
  private static final int NODES = Placement.MAX_FREE_WEIGHED + 30;
  private static final int HOLDERS = 10;
  private static final Cid DATA = FakeNodes.cid("data");

  private final FakeNodes nodes;
  private final Placement placement;

  ManyNodesTest(@TempDir Path dir) {
    nodes = new FakeNodes(dir, 1000);
    placement = new Placement(nodes.registry, nodes.index);
  }

  @BeforeEach
  void join() {
    for (int i = 0; i < NODES; i++) {
      nodes.join("n" + i);
      if (i < HOLDERS) {
        nodes.snapshot("n" + i, FakeNodes.root(DATA, 100, true));
      }
    }
  }

  @AfterEach
  void stop() {
    nodes.close();
  }

  @Test
  void the_only_node_with_a_free_slot_is_found_wherever_it_stands() {
    for (int i = 0; i < NODES; i += 31) {
      KnownNode free = node(i);
      busyBut(free);
      assertEquals(free, first(question("f", List.of(), 0)), () -> "of " + free);
      nodes.registry.byName().stream().filter(n -> n != free).forEach(KnownNode::callEnded);
    }
  }

  @Test
  void a_free_node_fetches_when_all_holders_have_long_queues() {
    KnownNode free = node(NODES - 1);
    for (int i = 0; i < HOLDERS; i++) {
      busyBut(free); // beyond which nothing is moved to the others
    }
    Question question = question("f", List.of(Question.Wanted.whole(DATA)), 1000);
    assertEquals(free, first(question));
  }

  @Test
  @Tag("long")
  void equal_calls_meet_the_same_node_and_different_ones_spread() {
    Set<KnownNode> met = new HashSet<>();
    for (int i = 0; i < NODES; i++) {
      Question question = question("f" + i, List.of(), 0);
      KnownNode node = first(question);
      assertEquals(node, first(question));
      met.add(node);
    }
    assertTrue(met.size() > NODES / 4, () -> met.size() + " of " + NODES);
  }

  @Test
  @Tag("long")
  void an_explanation_names_the_choices_then_holders_then_some_others() {
    Question question = question("f", List.of(Question.Wanted.whole(DATA)), 1000);
    List<Choice> told = placement.explain(question, placement.decide(question), 20);
    assertEquals(20, told.size());
    assertEquals(20, told.stream().map(Choice::node).distinct().count());
    assertEquals(first(question), told.getFirst().node());
    List<Choice> holders = told.subList(0, HOLDERS);
    assertTrue(holders.stream().allMatch(one -> one.reason() != Reason.TOO_MUCH_TO_MOVE));
    assertEquals(
        HOLDERS, holders.stream().filter(one -> one.bytesToMove() == 0).count(), holders::toString);
    assertTrue(told.subList(HOLDERS, 20).stream().allMatch(one -> one.bytesToMove() == 100));
  }

  @Test
  @Tag("long")
  void who_was_removed_is_not_looked_at() {
    Question question = question("f", List.of(), 0);
    for (int i = 0; i < NODES - 1; i++) {
      nodes.registry.remove(first(question).name());
    }
    KnownNode last = nodes.registry.nodes().getFirst();
    assertEquals(last, first(question));
    nodes.registry.remove(last.name());
    assertInstanceOf(Decision.NoNode.class, placement.decide(question));
  }

  private KnownNode node(int number) {
    KnownNode node = nodes.registry.find("n" + number);
    if (node == null) {
      throw new AssertionError("node " + number + " joined");
    }
    return node;
  }

  private void busyBut(KnownNode free) {
    for (KnownNode node : nodes.registry.byName()) {
      if (node != free) {
        node.callStarted();
      }
    }
  }

  private KnownNode first(Question question) {
    return assertInstanceOf(Decision.Run.class, placement.decide(question))
        .choices()
        .getFirst()
        .node();
  }

  private static Question question(String function, List<Question.Wanted> data, long maxFetch) {
    return new Question(FakeNodes.cid(function), FakeNodes.MEMORY, data, maxFetch, Needs.NONE);
  }
}
