package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayLinkTest {
  @TempDir Path dir = Path.of("");

  @Test
  void a_node_joins_with_its_key_and_tells_what_it_holds() {
    SampleDag dag = SampleDag.directory(dir, Map.of("a.txt", "one", "b/c.txt", "two"));
    try (FakeGateway gateway = FakeGateway.start();
        NodeUnderTest node = NodeUnderTest.start(dir, "gateway=" + gateway.url())) {
      await().until(node::isJoined);
      NodeJoin join = gateway.joins.getFirst();
      assertEquals("shed", join.name());
      assertEquals(node.url(), join.url());
      assertEquals(201, node.add(dag.car()).status());
      List<Holding> roots =
          gateway.added().stream().filter(h -> h.kind() == HoldingKind.ROOT).toList();
      assertEquals(dag.root(), roots.getFirst().cid());
      assertTrue(roots.getFirst().complete());
      assertEquals(6, roots.getFirst().size());
      assertEquals(3, gateway.added().stream().filter(h -> h.kind() == HoldingKind.ENTRY).count());
      long sequence = 0;
      for (Announcement said : gateway.heard) {
        sequence++;
        assertEquals(sequence, said.sequence());
        assertEquals("s-1", said.session());
      }
      await().until(() -> gateway.count(AnnouncementKind.HEARTBEAT) > 2);
      assertEquals("Bearer token-of-s-1", gateway.tokens.getLast());
    }
  }

  @Test
  void an_answer_to_an_add_waits_until_the_gateway_knows() {
    SampleDag dag = SampleDag.file(1, 50);
    try (FakeGateway gateway = FakeGateway.start();
        NodeUnderTest node = NodeUnderTest.start(dir, "gateway=" + gateway.url())) {
      await().until(node::isJoined);
      assertEquals(201, node.add(dag.car()).status());
      assertEquals(dag.root(), gateway.added().getFirst().cid());
      String told =
          new RpcClient(node.url()).send("add?cid-version=1", RpcClient.file("f", "rpc")).text();
      assertTrue(told.contains(gateway.added().getLast().cid().toString()), told);
    }
  }

  @Test
  void a_gateway_that_lost_count_gets_a_snapshot() {
    SampleDag dag = SampleDag.file(2, 50);
    try (FakeGateway gateway = FakeGateway.start();
        NodeUnderTest node = NodeUnderTest.start(dir, "gateway=" + gateway.url())) {
      await().until(node::isJoined);
      gateway.refuseNext.set(ErrorCode.RESYNC);
      assertEquals(201, node.add(dag.car()).status());
      await().until(() -> gateway.count(AnnouncementKind.SNAPSHOT) == 2);
      await().until(() -> gateway.added().stream().anyMatch(h -> h.cid().equals(dag.root())));
      assertEquals(1, gateway.joins.size());
    }
  }

  @Test
  void a_gateway_without_room_for_a_page_hears_it_again() {
    try (FakeGateway gateway = FakeGateway.start()) {
      gateway.refuseNext.set(ErrorCode.OVERLOADED);
      try (NodeUnderTest node = NodeUnderTest.start(dir, "gateway=" + gateway.url())) {
        await().until(node::isJoined);
        assertEquals(1, gateway.joins.size(), "it goes on where it was");
        assertEquals(AnnouncementKind.SNAPSHOT, gateway.heard.getFirst().kind());
        assertEquals(1, gateway.heard.getFirst().sequence());
      }
    }
  }

  @Test
  void a_session_that_the_gateway_forgot_makes_the_node_join_again() {
    try (FakeGateway gateway = FakeGateway.start();
        NodeUnderTest node = NodeUnderTest.start(dir, "gateway=" + gateway.url())) {
      await().until(node::isJoined);
      gateway.refuseNext.set(ErrorCode.UNKNOWN_SESSION);
      await().until(() -> gateway.joins.size() == 2 && node.isJoined());
      assertNotEquals("s-1", gateway.heard.getLast().session());
      assertEquals(1, gateway.joins.stream().map(NodeJoin::peerId).distinct().count());
    }
  }

  @Test
  void a_node_works_while_its_gateway_is_away_and_joins_when_it_comes() {
    FakeGateway gone = FakeGateway.start();
    URI url = gone.url();
    gone.close();
    SampleDag dag = SampleDag.file(3, 50);
    try (NodeUnderTest node = NodeUnderTest.start(dir, "gateway=" + url)) {
      assertEquals(201, node.add(dag.car()).status());
      assertFalse(node.isJoined());
      try (FakeGateway back = FakeGateway.startAt(url.getPort())) {
        await().until(node::isJoined);
        assertEquals(dag.root(), back.added().getFirst().cid());
      }
    }
  }

  @Test
  void a_node_that_stops_says_goodbye() {
    try (FakeGateway gateway = FakeGateway.start()) {
      try (NodeUnderTest node = NodeUnderTest.start(dir, "gateway=" + gateway.url())) {
        await().until(node::isJoined);
      }
      assertEquals(AnnouncementKind.GOODBYE, gateway.heard.getLast().kind());
    }
  }

  @Test
  void the_join_token_goes_to_the_gateway_and_a_redirect_is_not_followed() throws IOException {
    Path token = dir.resolve("join-token");
    Files.writeString(token, "a-join-token-of-the-test");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    AtomicInteger elsewhere = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger();
    try (WireServer other = WireServer.start(exchange -> elsewhere.incrementAndGet());
        WireServer gateway =
            WireServer.start(
                exchange -> {
                  assertEquals(
                      "Bearer a-join-token-of-the-test",
                      exchange.head().header("Authorization").orElse(""));
                  exchange.answer(307, "", "Location: " + other.url() + exchange.head().target());
                  asked.incrementAndGet();
                });
        NodeUnderTest node =
            NodeUnderTest.start(dir, "gateway=" + gateway.url(), "join-token-file=" + token)) {
      await().until(() -> asked.get() >= 2);
      assertEquals(0, elsewhere.get());
      assertFalse(node.isJoined());
    }
  }
}
