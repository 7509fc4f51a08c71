package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingsDigest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.NodeWelcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Who may come in, what a session is, and when a node is away. */
class NodeRegistryTest {
  private static final Capacity CAPACITY = new Capacity(1 << 30, 2, 64 << 20);
  private static final Cid DATA = FakeNodes.cid("data");

  private final FakeNodes nodes;

  NodeRegistryTest(@TempDir Path dir) {
    nodes = new FakeNodes(dir, 1000);
  }

  @AfterEach
  void stop() {
    nodes.close();
  }

  @Test
  void a_node_that_proves_its_key_gets_a_session() {
    KnownNode node = nodes.join("a");
    assertTrue(node.isReady());
    assertEquals(node, nodes.registry.byToken(nodes.welcome("a").nodeToken()));
    assertNull(nodes.registry.byToken("a-token-that-nobody-got"));
  }

  @Test
  void a_node_that_says_it_runs_any_number_at_once_gets_as_many_calls_as_are_allowed() {
    KnownNode node = nodes.join("a", new Capacity(1 << 30, Integer.MAX_VALUE, FakeNodes.MEMORY));
    assertTrue(node.isReady());
    assertEquals(CallRoom.STANDARD.most(), node.gate().limit());
  }

  @Test
  void a_nonce_is_good_once_and_for_a_minute() {
    String nonce = nodes.registry.challenge().nonce();
    NodeJoin join = nodes.claim("a", nodes.identity("a"), nonce, CAPACITY);
    NodeWelcome first = nodes.registry.join(join, true);
    assertEquals("a", first.name());
    refused(ErrorCode.CHALLENGE_EXPIRED, () -> nodes.registry.join(join, true));
    String old = nodes.registry.challenge().nonce();
    nodes.pass(Duration.ofSeconds(61));
    refused(
        ErrorCode.CHALLENGE_EXPIRED,
        () -> nodes.registry.join(nodes.claim("a", nodes.identity("a"), old, CAPACITY), true));
    refused(
        ErrorCode.CHALLENGE_EXPIRED,
        () ->
            nodes.registry.join(nodes.claim("a", nodes.identity("a"), "made-up", CAPACITY), true));
  }

  @Test
  void a_signature_of_something_else_lets_nobody_in() {
    NodeIdentity identity = nodes.identity("a");
    String signed = nodes.registry.challenge().nonce();
    String sent = nodes.registry.challenge().nonce();
    NodeJoin claim = nodes.claim("a", identity, signed, CAPACITY);
    NodeJoin bent =
        new NodeJoin(
            "a",
            claim.url(),
            claim.peerId(),
            claim.publicKey(),
            sent,
            claim.signature(),
            "0.1",
            claim.linkToken(),
            CAPACITY,
            claim.labels(),
            List.of(),
            NodeJoin.WIRE);
    refused(ErrorCode.BAD_SIGNATURE, () -> nodes.registry.join(bent, true));
    assertNull(nodes.registry.find("a"));
  }

  @Test
  void a_name_belongs_to_the_key_that_had_it_first_also_after_a_restart() {
    nodes.join("a");
    NodeIdentity thief = NodeIdentity.generate();
    refused(ErrorCode.NODE_NAME_TAKEN, () -> nodes.registry.join(stolen(thief), true));
    nodes.restart();
    refused(ErrorCode.NODE_NAME_TAKEN, () -> nodes.registry.join(stolen(thief), true));
    assertTrue(nodes.join("a").isReady());
  }

  private NodeJoin stolen(NodeIdentity thief) {
    return nodes.claim("a", thief, nodes.registry.challenge().nonce(), CAPACITY);
  }

  @Test
  void joining_again_ends_the_session_before() {
    nodes.join("a");
    NodeWelcome before = nodes.welcome("a");
    nodes.join("a");
    assertNull(nodes.registry.byToken(before.nodeToken()));
    refused(
        ErrorCode.UNKNOWN_SESSION,
        () -> nodes.registry.announce("a", before.nodeToken(), heartbeat(before.session(), 1)));
    NodeWelcome now = nodes.welcome("a");
    refused(
        ErrorCode.UNKNOWN_SESSION,
        () -> nodes.registry.announce("a", now.nodeToken(), heartbeat(before.session(), 1)));
    refused(
        ErrorCode.UNKNOWN_SESSION,
        () -> nodes.registry.announce("b", now.nodeToken(), heartbeat(now.session(), 1)));
  }

  @Test
  void a_lost_announcement_is_noticed_and_a_snapshot_mends_it() {
    nodes.join("a");
    nodes.snapshot("a");
    nodes.lose("a");
    refused(ErrorCode.RESYNC, () -> nodes.heartbeat("a"));
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    assertEquals(1, nodes.index.holders(DATA).size());
    nodes.delta("a", List.of(), List.of(DATA));
    assertTrue(nodes.index.holders(DATA).isEmpty());
  }

  @Test
  void a_delta_before_the_first_snapshot_means_nothing() {
    nodes.join("a");
    refused(
        ErrorCode.RESYNC,
        () -> nodes.delta("a", List.of(FakeNodes.root(DATA, 10, true)), List.of()));
    assertTrue(nodes.index.holders(DATA).isEmpty());
  }

  @Test
  void a_snapshot_of_several_pages_counts_when_the_last_is_there() {
    nodes.join("a");
    Cid other = FakeNodes.cid("other");
    nodes.say(
        "a", AnnouncementKind.SNAPSHOT, false, List.of(FakeNodes.root(DATA, 10, true)), List.of());
    assertTrue(nodes.index.holders(DATA).isEmpty());
    nodes.snapshot("a", FakeNodes.root(other, 10, true));
    assertEquals(1, nodes.index.holders(DATA).size());
    assertEquals(1, nodes.index.holders(other).size());
  }

  @Test
  void a_node_that_does_not_go_on_with_its_snapshot_is_asked_for_everything_again() {
    KnownNode node = nodes.join("a");
    Holding one = FakeNodes.root(DATA, 10, true);
    nodes.say("a", AnnouncementKind.SNAPSHOT, false, List.of(one), List.of());
    for (int i = 0; i < 3; i++) {
      nodes.pass(FakeNodes.HEARTBEAT);
      nodes.heartbeat("a");
    }
    nodes.pass(FakeNodes.HEARTBEAT);
    refused(ErrorCode.RESYNC, () -> nodes.heartbeat("a"));
    assertEquals(NodeState.READY, node.state());
    nodes.snapshot("a", one);
    nodes.heartbeat("a");
    assertEquals(1, nodes.index.holders(DATA).size());
  }

  @Test
  void an_announcement_may_come_twice() {
    nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    String session = nodes.welcome("a").session();
    nodes.send("a", heartbeat(session, 2));
    nodes.send("a", heartbeat(session, 2));
    assertEquals(1, nodes.index.holders(DATA).size());
  }

  @Test
  void after_three_missed_heartbeats_a_node_is_away_and_comes_back_with_its_session() {
    KnownNode node = nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    nodes.pass(FakeNodes.HEARTBEAT.multipliedBy(3));
    assertEquals(NodeState.SUSPECT, node.state());
    nodes.pass(Duration.ofMillis(1));
    assertEquals(NodeState.AWAY, node.state());
    nodes.heartbeat("a");
    assertEquals(NodeState.READY, node.state());
    assertEquals(1, nodes.index.holders(DATA).size());
  }

  @Test
  void a_node_that_misses_one_heartbeat_is_suspect_until_it_is_heard_again() {
    KnownNode node = nodes.join("a");
    nodes.snapshot("a");
    nodes.pass(FakeNodes.HEARTBEAT.multipliedBy(3).dividedBy(2));
    assertEquals(NodeState.READY, node.toInfo().state());
    nodes.pass(Duration.ofMillis(1));
    assertEquals(NodeState.SUSPECT, node.toInfo().state());
    nodes.heartbeat("a");
    assertEquals(NodeState.READY, node.toInfo().state());
    nodes.goodbye("a");
    nodes.pass(FakeNodes.HEARTBEAT.multipliedBy(2));
    assertEquals(NodeState.GONE, node.state());
  }

  @Test
  void a_node_that_has_something_else_than_is_known_is_asked_for_everything() {
    nodes.join("a");
    Holding one = FakeNodes.root(DATA, 10, true);
    Holding two = FakeNodes.root(FakeNodes.cid("two"), 5, true);
    nodes.snapshot("a", one);
    HoldingsDigest digest = HoldingsDigest.EMPTY.with(one);
    nodes.digest = digest.toString();
    nodes.heartbeat("a");
    nodes.digest = digest.with(two).toString();
    assertEquals(
        ErrorCode.RESYNC, assertThrows(LimpetException.class, () -> nodes.heartbeat("a")).code());
    assertEquals(
        ErrorCode.RESYNC, assertThrows(LimpetException.class, () -> nodes.heartbeat("a")).code());
    nodes.snapshot("a", one, two);
    nodes.heartbeat("a");
    nodes.digest = digest.with(two).without(one).toString();
    nodes.delta("a", List.of(), List.of(DATA));
  }

  @Test
  void a_node_whose_snapshot_is_not_what_it_says_is_not_asked_again_and_again() {
    nodes.join("a");
    nodes.digest = "7:0000000000000000";
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    nodes.heartbeat("a");
    assertEquals(1, nodes.index.holders(DATA).size());
  }

  @Test
  void a_node_that_says_goodbye_is_gone_and_what_it_held_still_names_it() {
    KnownNode node = nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    nodes.goodbye("a");
    assertEquals(NodeState.GONE, node.state());
    assertEquals(node, nodes.index.holders(DATA).getFirst().node());
  }

  @Test
  void a_restarted_gateway_knows_the_roots_of_nodes_that_are_not_back_yet() {
    nodes.join("a");
    nodes.snapshot("a", FakeNodes.root(DATA, 10, true));
    nodes.delta("a", List.of(FakeNodes.root(FakeNodes.cid("more"), 5, false)), List.of());
    nodes.restart();
    assertEquals(NodeState.AWAY, nodes.index.holders(DATA).getFirst().node().state());
    assertEquals(1, nodes.index.holders(FakeNodes.cid("more")).size());
  }

  @Test
  void a_heartbeat_waits_for_no_announcement_of_its_node_that_is_being_applied() throws Exception {
    nodes.join("a");
    nodes.snapshot("a");
    NodeWelcome welcome = nodes.welcome("a");
    Session session =
        nodes.registry.session("a", welcome.nodeToken(), heartbeat(welcome.session(), 2));
    CountDownLatch applied = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    Thread slow =
        Thread.ofVirtual()
            .start(
                () -> {
                  session.lock().lock();
                  try {
                    held.countDown();
                    applied.await();
                  } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                  } finally {
                    session.lock().unlock();
                  }
                });
    held.await();
    Announcement beat = heartbeat(welcome.session(), 2);
    assertFalse(nodes.registry.beats("a", welcome.nodeToken(), beat));
    applied.countDown();
    slow.join();
    assertTrue(nodes.registry.beats("a", welcome.nodeToken(), beat));
    refused(
        ErrorCode.RESYNC,
        () -> nodes.registry.beats("a", welcome.nodeToken(), heartbeat(welcome.session(), 4)));
    refused(
        ErrorCode.UNKNOWN_SESSION,
        () -> nodes.registry.beats("a", "another-token", heartbeat(welcome.session(), 3)));
    Announcement snapshot =
        new Announcement(
            welcome.session(),
            3,
            AnnouncementKind.SNAPSHOT,
            true,
            List.of(),
            List.of(),
            Load.IDLE,
            null);
    assertFalse(nodes.registry.beats("a", welcome.nodeToken(), snapshot));
  }

  private static Announcement heartbeat(String session, long sequence) {
    return new Announcement(
        session, sequence, AnnouncementKind.HEARTBEAT, true, List.of(), List.of(), Load.IDLE, null);
  }

  private static void refused(ErrorCode code, Executable what) {
    assertEquals(code, assertThrows(LimpetException.class, what).code());
  }
}
