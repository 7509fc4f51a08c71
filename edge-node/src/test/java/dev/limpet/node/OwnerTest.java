package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.NodeStatus;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the owner of a device decides about a node, and sees of it. */
class OwnerTest {
  @TempDir private Path dir;

  @Test
  void with_a_full_disk_nothing_is_written_and_everything_is_served() {
    SampleDag dag = SampleDag.file(1, 100_000);
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      assertEquals(201, node.add(dag.car()).status());
    }
    try (NodeUnderTest node = NodeUnderTest.start(dir, "min-free=1024TiB")) {
      WireAnswer refused = node.add(SampleDag.file(1, 5).car());
      assertEquals(507, refused.status());
      assertEquals("disk-low", refused.header("Limpet-Error"));
      assertTrue(refused.text().contains("min-free"), refused.text());
      assertEquals(200, node.ask("GET /ipfs/" + dag.root()).status());
    }
  }

  @Test
  void a_function_that_the_owner_does_not_allow_does_not_run() {
    SampleFunction other = SampleFunction.of(SampleModules.hello());
    try (NodeUnderTest node =
        NodeUnderTest.start(dir, "allow-functions=" + SampleDag.file(1, 3).root())) {
      WireAnswer answer = TestCall.of(other).ask(node);
      assertEquals(403, answer.status());
      assertEquals("forbidden", answer.header("Limpet-Error"));
    }
  }

  @Test
  void a_node_tells_its_labels_and_functions_and_shows_what_the_gateway_thinks_of_it() {
    try (FakeGateway gateway = FakeGateway.start()) {
      gateway.nodeState = "pending";
      try (NodeUnderTest node =
          NodeUnderTest.start(
              dir,
              "gateway=" + gateway.url(),
              "labels=zone=eu, gpu=no",
              "allow-functions=deployed")) {
        Awaitility.await().until(() -> status(node).state() == NodeState.PENDING);
        NodeJoin join = gateway.joins.getFirst();
        assertEquals(Map.of("zone", "eu", "gpu", "no"), join.labels());
        assertEquals(List.of("deployed"), join.functions());
        assertEquals(NodeJoin.WIRE, join.wire());
      }
    }
  }

  @Test
  void a_folder_of_a_newer_build_is_left_alone() throws IOException {
    Files.writeString(dir.resolve("format"), "limpet node 9\n");
    LimpetException refused =
        assertThrows(LimpetException.class, () -> NodeUnderTest.start(dir).close());
    assertEquals(ErrorCode.BAD_CONFIG, refused.code());
    assertFalse(Files.exists(dir.resolve("blocks")));
  }

  @Test
  void a_folder_of_an_older_build_gets_its_mark_and_keeps_key_and_data() throws IOException {
    SampleDag dag = SampleDag.file(3, 100);
    String before;
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      assertEquals(201, node.add(dag.car()).status());
      before = peerId(node);
    }
    Files.delete(dir.resolve("format"));
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      assertEquals(before, peerId(node));
      assertEquals(200, node.ask("GET /ipfs/" + dag.root()).status());
      assertEquals("limpet node 1\n", Files.readString(dir.resolve("format")));
    }
  }

  private static String peerId(NodeUnderTest node) {
    byte[] status = node.ask("GET /v1/node").bytes();
    return Json.read(NodeStatus.class, status, 1 << 16).peerId().toString();
  }

  @Test
  void a_node_counts_what_it_sent() {
    SampleDag dag = SampleDag.file(1, 100_000);
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      node.add(dag.car());
      long before = sent(node);
      node.ask("GET /ipfs/" + dag.root());
      Awaitility.await().until(() -> sent(node) >= before + 100_000);
    }
  }

  private static long sent(NodeUnderTest node) {
    return Objects.requireNonNull(status(node).counters().get("limpet_node_bytes_sent"));
  }

  private static NodeStatus status(NodeUnderTest node) {
    return Json.read(NodeStatus.class, node.ask("GET /v1/node").bytes(), 1 << 16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "labels=zone",
        "labels=a=1,a=2",
        "labels==x",
        "allow-functions=everything",
        "delegated-routers=http://router.example",
        "delegated-routers=https://a.example,https://b.example,https://c.example,https://d.example,https://e.example"
      })
  void a_label_or_function_that_is_none_stops_the_start(String setting) {
    LimpetException refused =
        assertThrows(
            LimpetException.class, () -> NodeConfig.load(null, Map.of(), List.of(setting)));
    assertEquals(ErrorCode.BAD_CONFIG, refused.code());
  }
}
