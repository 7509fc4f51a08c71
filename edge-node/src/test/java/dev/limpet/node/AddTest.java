package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.protocol.AddedDag;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.Page;
import dev.limpet.protocol.PinInfo;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddTest {
  private static final int THREE_BLOCKS = 3 << 20;

  @TempDir Path dir = Path.of("");

  private NodeUnderTest node;

  @BeforeEach
  void start() {
    node = NodeUnderTest.start(dir, "quota=32MiB");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private List<PinInfo> pins() {
    Page<PinInfo> page = Json.readPage(PinInfo.class, node.ask("GET /v1/pins").bytes(), 1 << 20);
    return page.items();
  }

  private void refused(byte[] car, int status, String code) {
    WireAnswer answer = node.add(car);
    assertEquals(status, answer.status(), answer::text);
    assertEquals(code, answer.header("Limpet-Error"));
    assertEquals("application/problem+json", answer.header("Content-Type"));
    assertTrue(pins().isEmpty());
  }

  @Test
  void what_was_added_is_pinned_served_and_there_after_a_restart() {
    SampleDag dag = SampleDag.file(1, THREE_BLOCKS);
    WireAnswer added = node.add(dag.car(), "Limpet-Dag-Size: 3200000");
    assertEquals(201, added.status(), added::text);
    AddedDag said = Json.read(AddedDag.class, added.bytes(), 1 << 16);
    assertEquals(dag.root(), said.root());
    assertEquals(THREE_BLOCKS, said.size());
    assertEquals(4, said.blocks());
    node.close();
    node = NodeUnderTest.start(dir, "quota=32MiB");
    assertEquals(List.of(dag.root()), pins().stream().map(PinInfo::cid).toList());
    assertArrayEquals(
        SampleDag.bytes(1, THREE_BLOCKS), node.ask("GET /ipfs/" + dag.root()).bytes());
  }

  @Test
  void a_chunked_upload_is_taken_too() {
    SampleDag dag = SampleDag.file(2, 100);
    byte[] car = dag.car();
    String head =
        lines(
            "POST /v1/dags HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/vnd.ipld.car",
            "Transfer-Encoding: chunked");
    String body =
        Integer.toHexString(car.length) + "\r\n" + NodeUnderTest.latin1(car) + "\r\n0\r\n\r\n";
    assertEquals(201, WireClient.ask(node.url(), head + body).status());
  }

  @Test
  void a_truncated_car_is_refused() {
    byte[] car = SampleDag.file(3, THREE_BLOCKS).car();
    refused(Arrays.copyOf(car, car.length - 1000), 400, "bad-car");
  }

  @Test
  void bytes_that_are_no_car_are_refused() {
    refused("hello, this is no CAR at all".getBytes(StandardCharsets.UTF_8), 400, "bad-car");
    refused(new byte[0], 400, "bad-car");
  }

  @Test
  void a_block_that_does_not_hash_to_its_cid_is_refused() {
    byte[] car = SampleDag.file(4, THREE_BLOCKS).car();
    car[car.length - 5] ^= 1;
    refused(car, 400, "bad-block");
  }

  @Test
  void a_dag_that_lacks_a_block_is_refused() {
    SampleDag dag = SampleDag.file(5, THREE_BLOCKS);
    Block root = new Block(dag.root(), dag.blocks().require(dag.root()));
    byte[] car = SampleDag.car(List.of(dag.root()), List.of(root));
    refused(car, 400, "bad-car");
    assertTrue(node.add(car).text().contains("below its root: it ends at byte " + car.length));
  }

  @Test
  void a_car_without_the_root_that_it_names_is_refused_with_its_root_and_end() {
    Block one = Block.of(Multicodec.RAW, new byte[] {1});
    Block two = Block.of(Multicodec.RAW, new byte[] {2});
    for (List<Block> blocks : List.of(List.of(two), List.<Block>of())) {
      byte[] car = SampleDag.car(List.of(one.cid()), blocks);
      refused(car, 400, "bad-car");
      String said = node.add(car).text();
      String why = "the CAR lacks its root " + one.cid() + ": it ends at byte " + car.length;
      assertTrue(said.contains(why), said);
    }
  }

  @Test
  void a_block_that_nobody_links_to_is_refused() {
    Block one = Block.of(Multicodec.RAW, new byte[] {1});
    Block two = Block.of(Multicodec.RAW, new byte[] {2});
    refused(SampleDag.car(List.of(one.cid()), List.of(one, two)), 400, "bad-car");
  }

  @Test
  void a_car_has_no_more_than_one_root() {
    Block one = Block.of(Multicodec.RAW, new byte[] {1});
    Block two = Block.of(Multicodec.RAW, new byte[] {2});
    refused(SampleDag.car(List.of(one.cid(), two.cid()), List.of(one, two)), 400, "bad-car");
  }

  @Test
  void the_last_block_is_the_root_where_the_car_names_none() {
    List<Block> blocks = new ArrayList<>();
    SampleDag dag = SampleDag.file(6, THREE_BLOCKS);
    Dag.walk(dag.blocks(), dag.root(), DagLimits.standard(), (c, b) -> blocks.add(new Block(c, b)));
    // A walk begins with the root, an import ends with it.
    refused(SampleDag.car(List.of(), blocks), 400, "bad-car");
    Collections.reverse(blocks);
    refused(SampleDag.car(List.of(), blocks.subList(0, 3)), 400, "bad-car");
    refused(SampleDag.car(List.of(), blocks.subList(1, 4)), 400, "bad-car");
    refused(SampleDag.car(List.of(), List.of()), 400, "bad-car");
    WireAnswer added = node.add(SampleDag.car(List.of(), blocks));
    assertEquals(201, added.status(), added::text);
    assertEquals(dag.root(), Json.read(AddedDag.class, added.bytes(), 1 << 16).root());
    assertEquals(List.of(dag.root()), pins().stream().map(PinInfo::cid).toList());
  }

  @Test
  void a_dag_that_is_too_deep_is_refused() {
    List<Block> blocks = new ArrayList<>();
    Cid below = Block.of(Multicodec.RAW, new byte[] {7}).cid();
    blocks.add(Block.of(Multicodec.RAW, new byte[] {7}));
    for (int level = 0; level < 1100; level++) {
      byte[] bytes = DagCbor.encode(new Ipld.MapNode(Map.of("below", new Ipld.LinkNode(below))));
      Block block = Block.of(Multicodec.DAG_CBOR, bytes);
      blocks.add(block);
      below = block.cid();
    }
    refused(SampleDag.car(List.of(below), blocks), 400, "bad-car");
  }

  @Test
  void a_block_that_does_not_parse_is_refused() {
    Block broken = Block.of(Multicodec.DAG_PB, new byte[] {(byte) 0xff, 1, 2});
    refused(SampleDag.car(List.of(broken.cid()), List.of(broken)), 400, "bad-block");
  }

  @Test
  void what_cannot_fit_is_refused_before_it_is_sent() {
    String head =
        NodeUnderTest.addHead(40 << 20, "Limpet-Dag-Size: " + (40 << 20), "Expect: 100-continue");
    WireAnswer answer = WireClient.ask(node.url(), head);
    assertEquals(507, answer.status());
    assertEquals("quota-exceeded", answer.header("Limpet-Error"));
  }

  @Test
  void who_asks_first_is_told_to_go_on() {
    byte[] car = SampleDag.file(40, THREE_BLOCKS).car();
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(
          NodeUnderTest.addHead(car.length, "Limpet-Dag-Size: 3200000", "Expect: 100-continue"));
      assertEquals(100, client.head().status());
      assertEquals(201, client.send(car).answer().status());
    }
  }

  @Test
  void an_upload_beyond_the_quota_leaves_room_for_the_next() {
    byte[] large = SampleDag.file(6, 33 << 20).car();
    WireAnswer answer = node.add(large);
    assertEquals(507, answer.status(), answer::text);
    SampleDag fits = SampleDag.file(7, 20 << 20);
    await().until(() -> node.add(fits.car()).status() == 201);
  }

  @Test
  void an_interrupted_upload_leaves_nothing() {
    SampleDag dag = SampleDag.file(8, THREE_BLOCKS);
    byte[] car = dag.car();
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(NodeUnderTest.addHead(car.length)).send(Arrays.copyOf(car, 2 << 20));
    }
    Cid firstLeaf = leaf(dag);
    await().until(() -> node.ask("GET /ipfs/" + firstLeaf + "?format=raw").status() == 404);
    assertTrue(pins().isEmpty());
    assertFalse(node.ask("GET /v1/node").text().contains("\"roots\":1"));
  }

  @Test
  void so_many_uploads_at_once_and_no_more() throws Exception {
    SampleDag dag = SampleDag.file(20, 100);
    List<WireClient> open = new ArrayList<>();
    try {
      for (int upload = 0; upload < 8; upload++) {
        open.add(WireClient.connect(node.url()).send(NodeUnderTest.addHead(1000)));
      }
      await().until(() -> node.ask("GET /metrics").text().contains("limpet_node_uploads 8.0"));
      WireAnswer answer = node.add(dag.car());
      assertEquals(429, answer.status());
      assertEquals("overloaded", answer.header("Limpet-Error"));
      assertEquals("1", answer.header("Retry-After"));
    } finally {
      open.forEach(WireClient::close);
    }
    await().until(() -> node.add(dag.car()).status() == 201);
  }

  @Test
  void a_file_that_is_damaged_on_the_disk_is_reported_and_the_others_are_served() throws Exception {
    SampleDag good = SampleDag.file(30, 1000);
    SampleDag bad = SampleDag.file(31, 2000);
    assertEquals(201, node.add(good.car()).status());
    assertEquals(201, node.add(bad.car()).status());
    node.close();
    NodeUnderTest.damage(dir, bad.blocks().require(bad.root()));
    node = NodeUnderTest.start(dir, "quota=32MiB");
    assertEquals(200, node.ask("GET /ipfs/" + good.root()).status());
    WireAnswer damaged = node.ask("GET /ipfs/" + bad.root());
    assertTrue(damaged.status() == 500 || damaged.status() == 404, damaged::text);
    assertEquals(201, node.add(bad.car()).status());
    assertEquals(200, node.ask("GET /ipfs/" + bad.root()).status());
  }

  private static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  private static Cid leaf(SampleDag dag) {
    return Dag.links(dag.root(), dag.blocks().require(dag.root())).getFirst();
  }

  @Test
  void what_is_unpinned_goes_except_what_another_pin_needs() {
    SampleDag file = SampleDag.file(9, 100);
    SampleDag other = SampleDag.file(10, 100);
    assertEquals(201, node.add(file.car()).status());
    assertEquals(201, node.add(other.car()).status());
    byte[] both = DagCbor.encode(new Ipld.ListNode(List.of(new Ipld.LinkNode(file.root()))));
    Block parent = Block.of(Multicodec.DAG_CBOR, both);
    assertEquals(201, node.add(SampleDag.car(List.of(parent.cid()), List.of(parent))).status());
    assertEquals(204, node.ask("DELETE /v1/pins/" + file.root()).status());
    assertEquals(204, node.ask("DELETE /v1/pins/" + other.root()).status());
    await().until(() -> node.ask("GET /ipfs/" + other.root()).status() == 404);
    assertEquals(200, node.ask("GET /ipfs/" + file.root()).status());
    assertEquals(404, node.ask("DELETE /v1/pins/" + other.root()).status());
  }

  @Test
  void a_part_of_what_is_here_can_be_pinned_and_what_is_not_cannot() {
    SampleDag dag = SampleDag.directory(dir, Map.of("a.txt", "one", "b/c.txt", "two"));
    assertEquals(201, node.add(dag.car()).status());
    Cid part =
        Cid.parse(
            node.ask("GET /ipfs/" + dag.root() + "/b?format=car")
                .header("X-Ipfs-Roots")
                .split(",", -1)[1]);
    WireAnswer pinned = node.ask("PUT /v1/pins/" + part);
    assertEquals(200, pinned.status(), pinned::text);
    assertEquals(part, Json.read(PinInfo.class, pinned.bytes(), 1 << 16).cid());
    assertEquals(204, node.ask("DELETE /v1/pins/" + dag.root()).status());
    await().until(() -> node.ask("GET /ipfs/" + dag.root() + "/").status() == 404);
    assertEquals(200, node.ask("GET /ipfs/" + part + "/c.txt").status());
    WireAnswer missing = node.ask("PUT /v1/pins/" + SampleDag.file(11, 5).root());
    assertEquals("data-not-found", missing.header("Limpet-Error"));
  }

  @Test
  void a_pin_can_have_a_name_and_keep_one_block_alone() {
    SampleDag dag = SampleDag.directory(dir, Map.of("a.txt", "one", "b/c.txt", "two"));
    assertEquals(201, node.add(dag.car()).status());
    String at = "/v1/pins/" + dag.root();
    assertEquals(200, node.ask("PUT " + at + "?name=my%20folder").status());
    PinInfo named = pins().getFirst();
    assertEquals("my folder", named.name());
    assertEquals("recursive", named.kind());
    assertEquals(6, named.size());
    assertTrue(named.dagSize() > 6 && named.complete());
    assertEquals(204, node.ask("DELETE " + at).status());
    assertEquals(201, node.add(SampleDag.file(1, 100).car()).status());
    assertEquals(201, node.add(dag.car()).status());
    assertEquals("bad-query", node.ask("PUT " + at + "?kind=half").header("Limpet-Error"));
    assertEquals(204, node.ask("DELETE " + at).status());
    Cid one = Cid.parse("bafkreidq5r3d6efcsxbnqkqjfwlncmnl2ktvdcsvqxmwvmpi6vk6dwtzrq");
    assertEquals(
        "data-not-found", node.ask("PUT /v1/pins/" + one + "?kind=direct").header("Limpet-Error"));
  }

  @Test
  void a_body_of_a_form_type_is_refused() {
    String form =
        lines(
            "POST /v1/dags HTTP/1.1",
            "Host: localhost",
            "Content-Type: text/plain",
            "Content-Length: 3");
    assertEquals(415, WireClient.ask(node.url(), form + "abc").status());
    assertEquals(400, node.add(new byte[3], "Limpet-Dag-Size: many").status());
  }
}
