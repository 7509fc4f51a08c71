package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where calls go. Nodes have one slot, so four calls make one busy; the data has 100 bytes. */
class PlacementTest {
  private static final Cid DATA = FakeNodes.cid("data");
  private static final Cid FUNCTION = FakeNodes.cid("function");
  private static final int BUSY = CostModel.MAX_CALLS_PER_SLOT;

  private final FakeNodes nodes;

  PlacementTest(@TempDir Path dir) {
    nodes = new FakeNodes(dir, 1000);
  }

  @AfterEach
  void stop() {
    nodes.close();
  }

  /**
   * Nodes are {@code name:what}, where what is made of: C complete, P partial, U unknown, N
   * nothing, K announced and not shown, F announced and not to be shown, D complete and not
   * believed; b busy, a away, g gone, s small memory, o asks trustless gateways outside.
   */
  @ParameterizedTest(name = "{0}, fetch up to {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a:C b:N         | 1000 | run a       | a=HOLDS_DATA b=NOT_NEEDED",
        "a:P b:C c:N     | 1000 | run b       | b=HOLDS_DATA a=NOT_NEEDED c=NOT_NEEDED",
        "a:C b:Cb        | 1000 | run a b     | a=HOLDS_DATA b=HOLDS_DATA_BUSY",
        "a:Cb b:N        | 1000 | run b a     | b=FETCHES a=HOLDS_DATA_BUSY",
        "a:Cb b:N c:P    | 1000 | run c b a   | c=FETCHES b=FETCHES a=HOLDS_DATA_BUSY",
        "a:Cb b:N        | 99   | run a       | a=HOLDS_DATA_BUSY b=TOO_MUCH_TO_MOVE",
        "a:Cb b:Nb       | 1000 | run a       | a=HOLDS_DATA_BUSY b=BUSY",
        "a:Cs b:N        | 1000 | run b       | b=FETCHES a=MEMORY_LIMIT",
        "a:Cs b:N        | 99   | move 100    | a=MEMORY_LIMIT b=TOO_MUCH_TO_MOVE",
        "a:Cs b:Ns       | 1000 | none        | a=MEMORY_LIMIT b=MEMORY_LIMIT",
        "a:Cu b:C        | 1000 | run b a     | b=HOLDS_DATA a=HOLDS_DATA",
        "a:Cu b:N        | 1000 | run a b     | a=HOLDS_DATA b=FETCHES",
        "a:Ca b:N        | 1000 | offline a   | a=AWAY b=NO_SOURCE",
        "a:Cg b:N        | 1000 | offline a   | a=GONE b=NO_SOURCE",
        "a:Ca b:C        | 1000 | run b       | b=HOLDS_DATA a=AWAY",
        "a:Ca b:P c:N    | 1000 | run c       | c=FETCHES a=AWAY b=NO_SOURCE",
        "a:N b:N         | 1000 | unknown     | a=NO_SOURCE b=NO_SOURCE",
        "a:N b:No        | 1000 | run b       | b=FETCHES_OUTSIDE a=NO_SOURCE",
        "a:N b:No        | 0    | unknown     | a=NO_SOURCE b=NO_SOURCE",
        "a:N b:Nob       | 1000 | unknown     | a=NO_SOURCE b=BUSY",
        "a:N b:Nos       | 1000 | unknown     | a=NO_SOURCE b=MEMORY_LIMIT",
        "a:C b:No        | 1000 | run a       | a=HOLDS_DATA b=NOT_NEEDED",
        "a:Cb b:No       | 1000 | run b a     | b=FETCHES a=HOLDS_DATA_BUSY",
        "a:Ca b:No c:N   | 1000 | run b       | a=AWAY b=FETCHES_OUTSIDE c=NO_SOURCE",
        "a:Ca b:No       | 99   | offline a   | a=AWAY b=TOO_MUCH_TO_MOVE",
        "a:Ca b:Po c:N   | 1000 | run c b     | a=AWAY b=FETCHES_OUTSIDE c=FETCHES",
        "a:U b:N         | 1000 | run a b     | a=MAY_HOLD_DATA b=FETCHES",
        "a:Ub b:N        | 1000 | run b a     | b=FETCHES a=MAY_HOLD_DATA",
        "a:Ub            | 1000 | run a       | a=MAY_HOLD_DATA",
        "a:K b:N         | 1000 | offline a   | a=NOT_SHOWN b=NO_SOURCE",
        "a:K b:C         | 1000 | run b       | b=HOLDS_DATA a=NOT_SHOWN",
        "a:F b:N         | 1000 | unknown     | a=FAILED_TO_SHOW b=NO_SOURCE",
        "a:F b:P c:C     | 1000 | run c       | c=HOLDS_DATA b=NOT_NEEDED a=FAILED_TO_SHOW",
        "a:D b:C         | 1000 | run b       | b=HOLDS_DATA a=NOT_BELIEVED",
        "a:D b:N         | 1000 | offline a   | a=NOT_BELIEVED b=NO_SOURCE",
      })
  void a_function_goes_to_its_data(String field, long maxFetch, String decision, String reasons) {
    for (String node : field.strip().split(" ", -1)) {
      place(node.split(":", -1)[0], node.split(":", -1)[1]);
    }
    Placement placement = new Placement(nodes.registry, nodes.index);
    Question question = question(DATA, maxFetch);
    assertEquals(decision.strip(), shown(placement.decide(question)));
    Set<String> explained = new HashSet<>();
    for (Choice choice : placement.explain(question, placement.decide(question), FakeNodes.ALL)) {
      explained.add(choice.node().name() + "=" + choice.reason());
      assertEquals(choice.node().name(), choice.toCandidate().node());
    }
    assertEquals(Set.of(reasons.strip().split(" ", -1)), explained);
  }

  private void place(String name, String what) {
    boolean small = what.contains("s");
    nodes.labels =
        what.contains("o") ? Map.of(NodeJoin.TRUSTLESS_GATEWAYS_LABEL, "true") : Map.of();
    KnownNode node = nodes.join(name, new Capacity(1 << 30, 1, small ? 1 << 20 : FakeNodes.MEMORY));
    if (what.contains("N") || what.contains("U")) {
      nodes.snapshot(name);
    } else {
      nodes.snapshot(name, FakeNodes.root(DATA, 100, !what.contains("P")));
    }
    if (what.contains("U")) {
      nodes.found(DATA, node);
    }
    if (what.contains("K") || what.contains("F")) {
      nodes.index.prove(node, DATA, what.contains("K") ? Proof.CLAIMED : Proof.FAILED);
    }
    for (int i = 0; what.contains("D") && i < Credit.MAX_FAILED_PROOFS; i++) {
      boolean _ = node.credit().fails(0);
    }
    for (int i = 0; what.contains("b") && i < BUSY; i++) {
      node.callStarted();
    }
    if (what.contains("g")) {
      nodes.goodbye(name);
    }
    if (what.contains("u")) {
      node.suspect();
    }
    if (what.contains("a")) {
      node.leaves(NodeState.AWAY);
    }
  }

  @ParameterizedTest(name = "{0}, {1} keeps the answer: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a:C b:C    | a | run a b | KEEPS_ANSWER",
        "a:C b:C    | b | run b a | KEEPS_ANSWER",
        "a:Cb b:C   | a | run a b | KEEPS_ANSWER",
        "a:Cb b:N   | a | run a b | KEEPS_ANSWER",
        "a:Ub b:N   | a | run a b | KEEPS_ANSWER",
        "a:C b:N    | b | run b a | KEEPS_ANSWER",
        "a:C b:Nb   | b | run b a | KEEPS_ANSWER",
        "a:Cb b:P   | b | run b a | KEEPS_ANSWER",
        "a:U b:N    | b | run b a | KEEPS_ANSWER",
        "a:Cs b:N   | b | run b   | KEEPS_ANSWER",
        "a:C b:F    | b | run a   | HOLDS_DATA",
        "a:C b:Nu   | b | run a   | HOLDS_DATA",
        "a:C b:Na   | b | run a   | HOLDS_DATA",
        "a:Ca b:N   | b | offline a | AWAY",
        "a:N b:N    | b | unknown | NO_SOURCE",
        "a:Cu b:C   | a | run b a | HOLDS_DATA",
        "a:Ca b:C   | a | run b   | HOLDS_DATA",
        "a:D b:C    | a | run b   | HOLDS_DATA",
        "a:Cs b:C   | a | run b   | HOLDS_DATA",
      })
  void the_node_that_keeps_the_answer_comes_first_busy_or_not_and_with_the_data_or_without(
      String field, String keeper, String decision, Choice.Reason reason) {
    for (String node : field.strip().split(" ", -1)) {
      place(node.split(":", -1)[0], node.split(":", -1)[1]);
    }
    Placement placement = new Placement(nodes.registry, nodes.index);
    Question question = kept(DATA, keeper);
    Decision decided = placement.decide(question);
    assertEquals(decision, shown(decided));
    assertEquals(
        reason,
        placement.explain(question, placement.decide(question), FakeNodes.ALL).getFirst().reason());
    assertEquals(0, question.avoiding("c").keeper(), "a second run is drawn to nobody");
  }

  @Test
  void a_keeper_without_the_data_is_asked_for_the_answer_alone_unless_there_is_nobody_else() {
    place("a", "C");
    place("b", "N");
    Placement placement = new Placement(nodes.registry, nodes.index);
    Choice alone = first(placement, kept(DATA, "b"));
    assertTrue(alone.isForKeptAlone());
    assertEquals(0, alone.bytesToMove());
    assertEquals(List.of(), alone.sources());
    assertFalse(first(placement, kept(DATA, "a")).isForKeptAlone());
    place("a", "Cs");
    Choice only = first(placement, kept(DATA, "b"));
    assertFalse(only.isForKeptAlone(), "it runs the call when it keeps no answer");
    assertEquals(List.of("a"), asked(only, DATA));
  }

  private static Choice first(Placement placement, Question question) {
    return placement.explain(question, placement.decide(question), FakeNodes.ALL).getFirst();
  }

  @Test
  void each_of_many_nodes_is_found_by_its_mark() {
    List<KnownNode> joined = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      joined.add(nodes.join("node" + i));
      assertSame(joined.getFirst(), nodes.registry.ring().marked(joined.getFirst().mark()));
    }
    for (KnownNode node : joined) {
      assertSame(node, nodes.registry.ring().marked(node.mark()));
    }
    assertNull(nodes.registry.ring().marked(joined.getFirst().mark() ^ 1));
  }

  private Question kept(@Nullable Cid data, String keeper) {
    KnownNode node = nodes.registry.find(keeper);
    Question plain = question(data, 1000);
    return new Question(
        FUNCTION,
        FakeNodes.MEMORY,
        plain.data(),
        plain.maxFetchBytes(),
        Needs.NONE,
        null,
        node == null ? 0 : node.mark());
  }

  @Test
  void a_call_without_data_goes_to_the_node_that_keeps_its_answer() {
    KnownNode a = nodes.join("a");
    nodes.join("b");
    for (int i = 0; i < BUSY; i++) {
      a.callStarted();
    }
    Placement placement = new Placement(nodes.registry, nodes.index);
    assertEquals("run b a", shown(placement.decide(question(null, 0))));
    assertEquals("run a b", shown(placement.decide(kept(null, "a"))));
    nodes.goodbye("a");
    assertEquals("run b", shown(placement.decide(kept(null, "a"))));
  }

  @Test
  void after_its_holders_a_call_for_which_nothing_may_travel_goes_nowhere() {
    KnownNode holder = nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, -1, true)); // of unknown size
    nodes.join("b");
    nodes.snapshot("b");
    Placement placement = new Placement(nodes.registry, nodes.index);
    assertEquals(1, placement.others(question(DATA, 1000), Set.of(holder)).size());
    assertEquals(List.of(), placement.others(question(DATA, 0), Set.of(holder)));
  }

  @Test
  void without_data_the_node_with_the_fewest_calls_comes_first() {
    KnownNode a = nodes.join("a");
    nodes.join("b");
    a.callStarted();
    Placement placement = new Placement(nodes.registry, nodes.index);
    assertEquals("run b a", shown(placement.decide(question(null, 0))));
    nodes.goodbye("b");
    assertEquals("run a", shown(placement.decide(question(null, 0))));
    nodes.goodbye("a");
    assertEquals("none", shown(placement.decide(question(null, 0))));
  }

  @Test
  void equal_nodes_share_functions_and_each_function_stays_where_it_is() {
    for (int i = 0; i < 4; i++) {
      nodes.join("node" + i);
    }
    Placement placement = new Placement(nodes.registry, nodes.index);
    Set<String> first = new HashSet<>();
    for (int i = 0; i < 64; i++) {
      Question question =
          new Question(FakeNodes.cid("function " + i), FakeNodes.MEMORY, List.of(), 0, Needs.NONE);
      String decision = shown(placement.decide(question));
      assertEquals(decision, shown(placement.decide(question)));
      first.add(decision.split(" ", -1)[1]);
    }
    assertEquals(4, first.size());
  }

  @Test
  void a_fetcher_is_told_whom_to_ask_and_never_itself() {
    place("a", "Cb");
    place("b", "P");
    Placement placement = new Placement(nodes.registry, nodes.index);
    List<Choice> others = placement.others(question(DATA, 1000), Set.of());
    assertEquals(List.of("b"), others.stream().map(choice -> choice.node().name()).toList());
    assertEquals(List.of("a"), asked(others.getFirst(), DATA));
    KnownNode b = others.getFirst().node();
    assertEquals(List.of(), placement.others(question(DATA, 1000), Set.of(b)));
  }

  private static Question question(@Nullable Cid data, long maxFetch) {
    List<Question.Wanted> wanted = data == null ? List.of() : List.of(Question.Wanted.whole(data));
    return new Question(FUNCTION, FakeNodes.MEMORY, wanted, maxFetch, Needs.NONE);
  }

  /** Whom a node would ask for a root. */
  private static List<String> asked(Choice choice, Cid root) {
    return choice.sources().stream()
        .filter(supply -> supply.root().equals(root))
        .flatMap(supply -> supply.nodes().stream())
        .map(KnownNode::name)
        .toList();
  }

  /**
   * Nodes are {@code name:LS}, of the large input L (300 bytes) and the small one S (20): C has all
   * of it, P a part, N nothing.
   */
  @ParameterizedTest(name = "{0}, fetch up to {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a:CN b:NC       | 1000 | run a b     | 20 300",
        "a:CN b:NC       | 299  | run a       | 20",
        "a:CN b:NC c:NN  | 1000 | run a b c   | 20 300 320",
        "a:CN b:NC c:PN  | 1000 | run a b c   | 20 300 320",
        "a:CN b:NC c:CC  | 1000 | run c       | 0",
        "a:CN b:NC       | 19   | move 20     | ''",
        "a:CP b:NC c:CN  | 1000 | run c a b   | 20 20 300",
        "a:CN b:PN       | 1000 | unknown     | ''",
      })
  void of_several_inputs_the_fewest_bytes_move(
      String field, long maxFetch, String decision, String moved) {
    Cid small = FakeNodes.cid("small");
    for (String node : field.strip().split(" ", -1)) {
      String name = node.split(":", -1)[0];
      nodes.join(name);
      List<Holding> holdings = new ArrayList<>();
      hold(holdings, node.charAt(2), DATA, 300);
      hold(holdings, node.charAt(3), small, 20);
      nodes.snapshot(name, holdings.toArray(Holding[]::new));
    }
    Placement placement = new Placement(nodes.registry, nodes.index);
    Question question =
        new Question(
            FUNCTION,
            FakeNodes.MEMORY,
            List.of(Question.Wanted.whole(DATA), Question.Wanted.whole(small)),
            maxFetch,
            Needs.NONE);
    Decision decided = placement.decide(question);
    assertEquals(decision.strip(), shown(decided));
    if (decided instanceof Decision.Run run) {
      assertEquals(
          moved.strip(),
          run.choices().stream()
              .map(choice -> Long.toString(choice.bytesToMove()))
              .collect(Collectors.joining(" ")));
      for (Choice choice : run.choices()) {
        assertTrue(
            choice.sources().stream().noneMatch(supply -> supply.nodes().contains(choice.node())));
      }
    }
  }

  private static void hold(List<Holding> holdings, char what, Cid root, long bytes) {
    if (what != 'N') {
      holdings.add(FakeNodes.root(root, bytes, what == 'C'));
    }
  }

  @Test
  void a_size_that_is_known_better_decides() {
    Cid small = FakeNodes.cid("small");
    nodes.join("a");
    nodes.join("b");
    nodes.snapshot("a", FakeNodes.root(DATA, 300, true));
    nodes.snapshot("b", FakeNodes.root(small, 20, true));
    Placement placement = new Placement(nodes.registry, nodes.index);
    Question question =
        new Question(
            FUNCTION,
            FakeNodes.MEMORY,
            List.of(new Question.Wanted(DATA, 5), Question.Wanted.whole(small)),
            1000,
            Needs.NONE);
    assertEquals("run b a", shown(placement.decide(question)));
    assertEquals(
        List.of("a"),
        asked(
            placement.explain(question, placement.decide(question), FakeNodes.ALL).getFirst(),
            DATA));
  }

  private static String shown(Decision decision) {
    return switch (decision) {
      case Decision.Run run ->
          run.choices().stream()
              .map(choice -> choice.node().name())
              .collect(Collectors.joining(" ", "run ", ""));
      case Decision.WouldMove move -> "move " + move.bytes();
      case Decision.HoldersOffline offline ->
          offline.holders().stream()
              .map(KnownNode::name)
              .collect(Collectors.joining(" ", "offline ", ""));
      case Decision.DataNotFound _ -> "unknown";
      case Decision.NoNode _ -> "none";
    };
  }
}
