package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.kubo.FakeKubo;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.MemoWish;
import dev.limpet.protocol.NodeStatus;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node whose owner's data is in a Kubo. */
class KuboNodeTest {
  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  @TempDir private Path dir = Path.of("");

  private final FakeKubo kubo = new FakeKubo();

  KuboNodeTest() throws IOException {}

  @AfterEach
  void stop() {
    kubo.close();
  }

  private NodeUnderTest node(String... more) {
    String[] settings = new String[more.length + 2];
    settings[0] = "store=kubo:" + kubo.url();
    settings[1] = "store-refresh=100ms";
    System.arraycopy(more, 0, settings, 2, more.length);
    NodeUnderTest node = NodeUnderTest.start(dir.resolve("node"), settings);
    Awaitility.await().until(() -> node.ask("GET /health/ready").status() == 200);
    return node;
  }

  @Test
  void a_block_that_the_kubo_lost_is_given_back_to_it_by_who_pins_it_while_it_is_in_memory() {
    byte[] bytes = SampleDag.bytes(1, 5000);
    Cid root = kubo.hold(bytes);
    kubo.pin(root, "");
    try (NodeUnderTest node = node()) {
      assertArrayEquals(bytes, node.ask("GET /ipfs/" + root).bytes());
      kubo.unpin(root);
      kubo.lose(root);
      assertEquals(2, node.ask("PUT /v1/pins/" + root).status() / 100);
      assertTrue(kubo.holds(root));
      assertEquals(Set.of(root.toString()), kubo.pins());
    }
  }

  @Test
  void the_library_java_ipfs_http_client_serves_the_same_data() throws IOException {
    byte[] bytes = SampleDag.bytes(1, 5000);
    Cid root = kubo.hold(bytes);
    kubo.pin(root, "");
    kubo.writeBase58();
    String store = "store=java-ipfs-http-client:" + kubo.url();
    try (NodeUnderTest node =
        NodeUnderTest.start(dir.resolve("node"), store, "store-refresh=100ms")) {
      Awaitility.await().until(() -> node.ask("GET /health/ready").status() == 200);
      assertArrayEquals(bytes, node.ask("GET /ipfs/" + root).bytes());
      assertTrue(node.ask("GET /health/ready").text().contains("java-ipfs-http-client"));
      assertTrue(node.ask("GET /v1/node").text().contains("kubo 0.43.0 by java-ipfs-http-client"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"block/rm", "repo/gc", "repo/stat", "repo/verify", "refs/local"})
  void commands_about_the_folder_say_in_the_shape_of_kubo_where_the_data_is(String command) {
    Cid held = kubo.hold(new byte[7]);
    try (NodeUnderTest node = node()) {
      var answer = node.ask("POST /api/v0/" + command + "?arg=" + held);
      assertEquals(500, answer.status());
      String name = command.replace('/', ' ');
      assertEquals(
          ("{\"Message\":\"the data of this node is in the Kubo at %s: run \\\"%s\\\" there\","
                  + "\"Code\":0,\"Type\":\"error\"}")
              .formatted(kubo.url(), name),
          answer.text().strip());
      assertTrue(kubo.holds(held));
    }
  }

  @Test
  void data_in_the_kubo_is_served_from_memory_once_it_was_read() throws IOException {
    byte[] bytes = SampleDag.bytes(1, 5000);
    Cid root = kubo.hold(bytes);
    kubo.pin(root, "");
    try (NodeUnderTest node = node()) {
      assertArrayEquals(bytes, node.ask("GET /ipfs/" + root).bytes());
      long before = blocksAsked();
      assertArrayEquals(bytes, node.ask("GET /ipfs/" + root).bytes());
      assertEquals(before, blocksAsked());
      assertEquals(
          404,
          node.ask(
                  "GET /ipfs/"
                      + Block.of(0x55, "nobody has it".getBytes(StandardCharsets.UTF_8)).cid())
              .status());
    }
    assertTrue(
        kubo.requests().stream()
            .filter(request -> request.contains("/block/"))
            .allMatch(request -> request.contains("offline=true")));
  }

  @Test
  void a_warm_call_asks_the_kubo_nothing() throws IOException {
    SampleFunction copy = SampleFunction.of(SampleModules.copiesFile("."));
    SampleDag file = SampleDag.file(5, 1000);
    SampleDag large = SampleDag.file(6, 3_000_000);
    SampleDag tree = SampleDag.directory(dir, Map.of("a/one.csv", "1,1\n", "b/two.csv", "2,2\n"));
    try (NodeUnderTest node = node("store-refresh=1h")) {
      for (byte[] car : List.of(copy.car(), file.car(), large.car(), tree.car())) {
        assertEquals(201, node.add(car).status());
      }
      for (TestCall call :
          List.of(
              TestCall.of(copy).on(file.root()),
              TestCall.of(copy).on(large.root()),
              TestCall.of(copy).on(tree.root(), "b", "two.csv"))) {
        call.memo(MemoWish.NO_STORE);
        WireAnswer first = call.ask(node);
        assertEquals(200, first.status(), first::text);
        kubo.requests().clear();
        assertArrayEquals(first.bytes(), call.ask(node).bytes());
        assertEquals(List.of(), kubo.requests());
      }
    }
  }

  private long blocksAsked() {
    return kubo.requests().stream().filter(request -> request.contains("/block/")).count();
  }

  @Test
  void what_is_added_through_the_node_is_in_the_kubo_and_pinned_there() {
    SampleDag dag = SampleDag.file(7, 300_000);
    try (NodeUnderTest node = node()) {
      assertEquals(201, node.add(dag.car()).status());
      assertTrue(kubo.holds(dag.root()));
      assertEquals(Set.of(dag.root().toString()), kubo.pins());
      assertEquals(200, node.ask("GET /ipfs/" + dag.root()).status());
      assertTrue(node.ask("GET /v1/pins").text().contains(dag.root().toString()));
      assertEquals(204, node.ask("DELETE /v1/pins/" + dag.root()).status());
      assertEquals(Set.of(), kubo.pins());
    }
    try (NodeUnderTest alone = NodeUnderTest.start(dir.resolve("node"))) {
      assertEquals(404, alone.ask("GET /ipfs/" + dag.root()).status(), "no copy in its folder");
    }
  }

  @Test
  void what_the_folder_held_before_is_served_beside_the_kubo() {
    SampleDag dag = SampleDag.file(3, 1000);
    try (NodeUnderTest alone = NodeUnderTest.start(dir.resolve("node"))) {
      assertEquals(201, alone.add(dag.car()).status());
      assertTrue(alone.ask("GET /health/live").text().contains("embedded"));
    }
    try (NodeUnderTest node = node()) {
      assertEquals(200, node.ask("GET /ipfs/" + dag.root()).status());
      assertFalse(kubo.holds(dag.root()));
    }
  }

  @Test
  void status_and_health_name_the_store_and_its_troubles() throws IOException {
    byte[] bytes = SampleDag.bytes(2, 100);
    Cid root = kubo.hold(bytes);
    int port = kubo.url().getPort();
    try (NodeUnderTest node = node()) {
      assertEquals("kubo 0.43.0", status(node).store());
      assertEquals(bytes.length, status(node).bytes());
      assertEquals("{\"status\":\"up\",\"store\":\"kubo\"}", node.ask("GET /health/live").text());
      kubo.close();
      Awaitility.await().until(() -> node.ask("GET /health/ready").status() == 503);
      assertTrue(node.ask("GET /health/ready").text().contains("Kubo"));
      assertEquals(200, node.ask("GET /health/live").status());
      assertEquals("store-failed", node.ask("GET /ipfs/" + root).header("Limpet-Error"));
      try (FakeKubo again = new FakeKubo(port)) {
        Cid _ = again.hold(bytes);
        Awaitility.await().until(() -> node.ask("GET /health/ready").status() == 200);
        assertEquals(200, node.ask("GET /ipfs/" + root).status());
      }
    }
  }

  private static NodeStatus status(NodeUnderTest node) {
    return Json.read(NodeStatus.class, node.ask("GET /v1/node").bytes(), 1 << 16);
  }

  @Test
  void a_node_starts_before_its_kubo_and_is_ready_with_it() throws IOException {
    int port = kubo.url().getPort();
    kubo.close();
    try (NodeUnderTest node =
        NodeUnderTest.start(
            dir.resolve("node"), "store=kubo:http://127.0.0.1:" + port, "store-refresh=100ms")) {
      assertEquals(503, node.ask("GET /health/ready").status());
      try (FakeKubo late = new FakeKubo(port)) {
        assertNotNull(late.url());
        Awaitility.await().until(() -> node.ask("GET /health/ready").status() == 200);
      }
    }
  }

  @Test
  void the_token_of_the_kubo_is_sent() throws IOException {
    kubo.want("s3cret-s3cret-s3cret");
    Path file = Files.createFile(dir.resolve("token"), PRIVATE);
    Files.writeString(file, "s3cret-s3cret-s3cret\n");
    try (NodeUnderTest node = node("store-token-file=" + file)) {
      assertEquals("kubo 0.43.0", status(node).store());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kubo:http://192.168.1.7:5001",
        "kubo:http://kubo.example:5001",
        "kubo:",
        "kubo:ftp://127.0.0.1",
        "kubo:http://127.0.0.1:5001/api/v0",
        "kubo:http://user:secret@127.0.0.1:5001",
        "postgres"
      })
  void a_store_that_cannot_be_is_refused_before_anything_starts(String store) {
    LimpetException refused =
        assertThrows(
            LimpetException.class,
            () -> NodeUnderTest.start(dir.resolve("other"), "store=" + store).close());
    assertEquals(ErrorCode.BAD_CONFIG, refused.code());
    assertTrue(String.valueOf(refused.getMessage()).contains("store"), refused.getMessage());
  }
}
