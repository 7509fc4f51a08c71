package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of other people: who gets in, and what people decide about a node afterwards. */
class NodeAdmissionTest {
  private static final Cid DATA = FakeNodes.cid("data");
  private static final Cid FUNCTION = FakeNodes.cid("function");
  private static final Cid MODULE = FakeNodes.cid("module");
  private static final Capacity CAPACITY = new Capacity(1 << 30, 1, FakeNodes.MEMORY);

  private final FakeNodes nodes;

  NodeAdmissionTest(@TempDir Path dir) {
    nodes = new FakeNodes(dir, 1000);
  }

  @AfterEach
  void stop() {
    nodes.close();
  }

  @Test
  void a_node_that_waits_gets_nothing_and_what_it_announces_does_not_count() {
    nodes.approveByHand();
    KnownNode node = nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    nodes.delta("a", List.of(FakeNodes.root(FUNCTION, 1, true)), List.of());
    assertEquals(NodeState.PENDING, node.state());
    assertFalse(node.isReady() || node.servesData() || node.isMember());
    assertTrue(nodes.index.holders(DATA).isEmpty());
    assertEquals(Choice.Reason.PENDING, reason(Needs.NONE));
    nodes.restart();
    assertEquals(NodeState.PENDING, nodes.join("a").state());
  }

  @Test
  void an_approved_node_is_asked_for_what_it_holds_and_stays_approved() {
    nodes.approveByHand();
    KnownNode node = nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    assertEquals(node, nodes.registry.approve("a"));
    refused(ErrorCode.RESYNC, () -> nodes.heartbeat("a"));
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    nodes.heartbeat("a");
    assertEquals(1, nodes.index.holders(DATA).size());
    assertTrue(node.isReady());
    nodes.restart();
    assertTrue(nodes.join("a").isReady());
  }

  @Test
  void of_a_node_that_waits_no_page_is_kept_and_all_come_again_when_it_is_approved() {
    nodes.approveByHand();
    KnownNode node = nodes.join("a");
    Holding data = FakeNodes.root(DATA, 10, true);
    Holding function = FakeNodes.root(FUNCTION, 1, true);
    nodes.say("a", AnnouncementKind.SNAPSHOT, false, List.of(data), List.of());
    assertEquals(node, nodes.registry.approve("a"));
    refused(
        ErrorCode.RESYNC,
        () -> nodes.say("a", AnnouncementKind.SNAPSHOT, true, List.of(function), List.of()));
    nodes.say("a", AnnouncementKind.SNAPSHOT, false, List.of(data), List.of());
    nodes.say("a", AnnouncementKind.SNAPSHOT, true, List.of(function), List.of());
    assertEquals(1, nodes.index.holders(DATA).size());
    assertEquals(1, nodes.index.holders(FUNCTION).size());
  }

  @Test
  void no_more_nodes_wait_than_the_bound_allows() {
    nodes.approveByHand();
    for (int i = 0; i < NodeRegistry.MAX_PENDING_NODES; i++) {
      nodes.join("node" + i);
    }
    refused(ErrorCode.OVERLOADED, () -> nodes.join("one-more"));
    nodes.registry.remove("node0");
    assertEquals(NodeState.PENDING, nodes.join("one-more").state());
  }

  @Test
  void a_node_that_drains_gets_no_calls_and_still_serves_its_data() {
    KnownNode node = nodes.join("a");
    nodes.join("b");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    nodes.registry.drain("a");
    assertEquals(NodeState.DRAINING, node.state());
    Decision decision = new Placement(nodes.registry, nodes.index).decide(question(Needs.NONE));
    Choice choice = ((Decision.Run) decision).choices().getFirst();
    assertEquals("b", choice.node().name());
    assertEquals(List.of(node), choice.sources().getFirst().nodes());
    nodes.heartbeat("a");
    assertEquals(NodeState.DRAINING, node.state());
    nodes.restart();
    assertEquals(NodeState.DRAINING, nodes.join("a").state());
    assertEquals(NodeState.READY, nodes.registry.approve("a").state());
  }

  @Test
  void a_revoked_node_loses_its_session_and_its_key_is_refused_for_good() {
    KnownNode node = nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    String token = nodes.welcome("a").nodeToken();
    nodes.registry.revoke("a");
    assertEquals(NodeState.REVOKED, node.state());
    assertNull(nodes.registry.byToken(token));
    assertTrue(nodes.index.holders(DATA).isEmpty());
    refused(ErrorCode.UNKNOWN_SESSION, () -> nodes.heartbeat("a"));
    refused(ErrorCode.NODE_REVOKED, () -> nodes.join("a"));
    refused(ErrorCode.BAD_REQUEST, () -> nodes.registry.drain("a"));
    nodes.restart();
    refused(ErrorCode.NODE_REVOKED, () -> nodes.join("a"));
    refused(ErrorCode.NODE_REVOKED, () -> joinAs("other", nodes.identity("a")));
    nodes.registry.remove("a");
    refused(ErrorCode.NODE_REVOKED, () -> nodes.join("a"));
    joinAs("a", NodeIdentity.generate());
  }

  @Test
  void a_revoked_node_that_is_approved_may_come_back() {
    nodes.join("a");
    nodes.registry.revoke("a");
    assertEquals(NodeState.AWAY, nodes.registry.approve("a").state());
    nodes.restart();
    assertTrue(nodes.join("a").isReady());
  }

  @Test
  void a_node_that_was_removed_is_forgotten_with_its_name_and_what_it_held() {
    nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    nodes.registry.remove("a");
    assertNull(nodes.registry.find("a"));
    assertTrue(nodes.index.holders(DATA).isEmpty());
    refused(ErrorCode.UNKNOWN_SESSION, () -> nodes.heartbeat("a"));
    refused(ErrorCode.NODE_NOT_FOUND, () -> nodes.registry.remove("a"));
    refused(ErrorCode.NODE_NOT_FOUND, () -> nodes.registry.approve("a"));
    nodes.restart();
    assertNull(nodes.registry.find("a"));
    joinAs("a", NodeIdentity.generate());
  }

  @Test
  void a_node_that_was_removed_gets_no_calls_for_what_it_said_that_it_has() {
    KnownNode node = nodes.join("a");
    nodes.found(DATA, node);
    assertEquals(node, nodes.index.holders(DATA).getFirst().node());
    nodes.registry.remove("a");
    assertTrue(nodes.index.isUnknown(DATA));
    nodes.found(DATA, node); // an answer that came late
    assertFalse(node.isReady() || node.servesData());
  }

  @Test
  void a_function_runs_only_where_the_labels_match() {
    nodes.labels = Map.of("zone", "eu", "gpu", "no");
    nodes.join("a");
    assertEquals(Choice.Reason.NO_DATA_NEEDED, reason(requires("zone", "eu")));
    assertEquals(Choice.Reason.DECLINES, reason(requires("zone", "us")));
    assertEquals("lacks label zone=us", sentence(requires("zone", "us")));
    assertEquals("lacks label disk=ssd", sentence(requires("disk", "ssd")));
  }

  @Test
  void a_node_takes_only_the_functions_that_its_owner_allows() {
    nodes.functions = List.of(MODULE.toString());
    nodes.join("a");
    assertEquals(Choice.Reason.NO_DATA_NEEDED, reason(new Needs(Map.of(), MODULE, () -> false)));
    Needs other = new Needs(Map.of(), DATA, () -> true);
    assertEquals("its owner allows only other functions", sentence(other));
  }

  @Test
  void a_node_for_deployed_functions_takes_those_that_have_a_name() {
    nodes.functions = List.of(NodeJoin.DEPLOYED);
    nodes.join("a");
    assertEquals(Choice.Reason.NO_DATA_NEEDED, reason(new Needs(Map.of(), MODULE, () -> true)));
    Needs unnamed = new Needs(Map.of(), MODULE, () -> false);
    assertEquals("its owner allows only functions that have a name", sentence(unnamed));
  }

  @Test
  void a_node_of_a_newer_wire_is_told_so() {
    NodeJoin join =
        nodes.claim("a", nodes.identity("a"), nodes.registry.challenge().nonce(), CAPACITY);
    NodeJoin newer =
        new NodeJoin(
            join.name(),
            join.url(),
            join.peerId(),
            join.publicKey(),
            join.nonce(),
            join.signature(),
            join.version(),
            join.linkToken(),
            join.capacity(),
            join.labels(),
            join.functions(),
            NodeJoin.WIRE + 1);
    refused(ErrorCode.NOT_SUPPORTED, () -> nodes.registry.join(newer, true));
  }

  private void joinAs(String name, NodeIdentity identity) {
    String nonce = nodes.registry.challenge().nonce();
    nodes.registry.join(nodes.claim(name, identity, nonce, CAPACITY), true);
  }

  private static Needs requires(String label, String value) {
    return new Needs(Map.of(label, value), MODULE, () -> true);
  }

  private static Question question(Needs needs) {
    return new Question(
        FUNCTION, FakeNodes.MEMORY, List.of(Question.Wanted.whole(DATA)), 1000, needs);
  }

  private Choice only(Needs needs) {
    Question question = new Question(FUNCTION, FakeNodes.MEMORY, List.of(), 0, needs);
    Placement placement = new Placement(nodes.registry, nodes.index);
    return placement.explain(question, placement.decide(question), FakeNodes.ALL).getFirst();
  }

  private Choice.Reason reason(Needs needs) {
    return only(needs).reason();
  }

  private String sentence(Needs needs) {
    return only(needs).toCandidate().reason();
  }

  private static void refused(ErrorCode code, Executable what) {
    assertEquals(code, assertThrows(LimpetException.class, what).code());
  }
}
