package dev.limpet.node;

import static dev.limpet.node.CallAnswers.failed;
import static dev.limpet.node.CallAnswers.fetched;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import dev.limpet.testkit.relay.Relay;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call on data that no node has, and trustless gateways outside, honest ones and others. */
class OutsideFetchTest {
  private static final String TICKET = "no-ticket-is-needed-here";
  private static final String CAR = "Content-Type: application/vnd.ipld.car; version=1";
  private static final String RAW = "Content-Type: application/vnd.ipld.raw";
  private static final SampleFunction COPY = SampleFunction.of(SampleModules.copiesFile("."));

  /** A UnixFS message that says nothing but that this is a directory. */
  private static final byte[] DIRECTORY = {8, 1};

  @TempDir Path dir = Path.of("");

  private NodeUnderTest outside;

  @BeforeEach
  void start() {
    outside = NodeUnderTest.start(dir.resolve("outside"), "name=outside");
  }

  @AfterEach
  void stop() {
    outside.close();
  }

  private NodeUnderTest node(URI... gateways) {
    String list = Stream.of(gateways).map(URI::toString).collect(Collectors.joining(","));
    NodeUnderTest node =
        NodeUnderTest.start(dir.resolve("node"), "local-trustless-gateways=" + list);
    assertEquals(201, node.add(COPY.car()).status());
    return node;
  }

  private SampleDag held(int size) {
    SampleDag data = SampleDag.file(size, size);
    assertEquals(201, outside.add(data.car()).status());
    return data;
  }

  private static WireAnswer call(NodeUnderTest node, SampleDag data) {
    return TestCall.of(COPY).on(data.root()).ask(node);
  }

  private static void give(WireExchange exchange, String type, byte[] bytes) throws IOException {
    exchange.begin(200, type);
    exchange.chunk(bytes);
    exchange.end();
  }

  @Test
  void a_node_is_a_trustless_gateway_for_another_and_is_asked_once() {
    SampleDag data = held(3_000_000);
    try (Relay relay = Relay.to(outside.url());
        NodeUnderTest node = node(relay.url())) {
      WireAnswer answer = call(node, data);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(3_000_000, 3_000_000), answer.bytes());
      assertEquals(Long.toString(relay.bodyBytesToClient()), fetched(answer));
      long before = relay.bytesToClient();
      assertEquals("0", fetched(call(node, data)));
      assertEquals(before, relay.bytesToClient());
    }
  }

  @Test
  void only_what_lies_below_the_path_travels_and_what_is_not_there_is_known() {
    SampleDag data =
        SampleDag.directory(dir, Map.of("a/one.csv", "1".repeat(500_000), "b/two.csv", "2,2\n"));
    assertEquals(201, outside.add(data.car()).status());
    try (NodeUnderTest node = node(outside.url())) {
      WireAnswer answer = TestCall.of(COPY).on(data.root(), "b", "two.csv").ask(node);
      assertEquals("2,2\n", answer.text());
      assertTrue(Long.parseLong(fetched(answer)) < 1000, answer::text);
      failed(TestCall.of(COPY).on(data.root(), "c").ask(node), 404, "data-not-found");
      failed(call(node, SampleDag.file(7, 100)), 404, "data-not-found");
    }
  }

  @Test
  void nobody_outside_is_asked_for_a_call_for_which_nothing_may_travel() {
    SampleDag data = held(1000);
    try (WireServer gateway = WireServer.start(e -> e.answer(404, ""));
        NodeUnderTest node = node(gateway.url())) {
      failed(TestCall.of(COPY).on(data.root()).maxFetch(0).ask(node), 409, "not-held");
      assertEquals(0, gateway.connections());
      failed(TestCall.of(COPY).on(data.root()).maxFetch(500).ask(node), 404, "data-not-found");
      assertEquals(1, gateway.connections());
    }
  }

  @Test
  void peers_are_asked_first_and_gateways_when_they_fail() {
    SampleDag data = held(1000);
    SampleDag there = held(2000);
    try (WireServer gateway = WireServer.start(e -> give(e, CAR, data.car()));
        WireServer peer = WireServer.start(e -> e.answer(404, ""));
        NodeUnderTest node = node(gateway.url())) {
      TestCall held = TestCall.of(COPY).on(there.root()).from(outside.url(), TICKET);
      assertEquals(200, held.ask(node).status());
      assertEquals(0, gateway.connections());
      TestCall lost = TestCall.of(COPY).on(data.root()).from(peer.url(), TICKET);
      assertEquals(200, lost.ask(node).status());
      assertEquals(1, gateway.connections());
    }
  }

  @Test
  void routers_are_asked_last_and_lead_to_no_address_that_is_not_public() {
    SampleDag there = held(2000);
    try (WireServer inside = WireServer.start(e -> e.answer(200, "secret"));
        WireServer router =
            WireServer.start(
                e -> {
                  e.begin(200, "Content-Type: application/json");
                  e.chunk(
                      "{\"Providers\":[{\"Schema\":\"peer\",\"Protocols\":[\"transport-ipfs-gateway-http\"],"
                          + "\"Addrs\":[\"/dns/localhost/tcp/%d/https\"]}]}"
                              .formatted(inside.url().getPort()));
                  e.end();
                });
        NodeUnderTest node =
            NodeUnderTest.start(
                dir.resolve("node"),
                "local-trustless-gateways=" + outside.url(),
                "local-delegated-routers=" + router.url())) {
      assertEquals(201, node.add(COPY.car()).status());
      assertEquals(200, call(node, there).status());
      assertEquals(0, router.connections());
      SampleDag nowhere = SampleDag.file(7, 100);
      failed(TestCall.of(COPY).on(nowhere.root()).maxFetch(0).ask(node), 409, "not-held");
      assertEquals(0, router.connections());
      WireAnswer answer = call(node, nowhere);
      failed(answer, 503, "data-unavailable");
      assertTrue(answer.text().contains("not public"), answer::text);
      assertEquals(1, router.connections());
      assertEquals(0, inside.connections());
    }
  }

  @Test
  void a_gateway_without_cars_is_asked_for_each_block_once() {
    SampleDag data = held(3_000_000);
    List<String> asked = new CopyOnWriteArrayList<>();
    try (WireServer gateway =
            WireServer.start(
                e -> {
                  asked.add(e.head().target());
                  if (e.head().target().contains("format=raw")) {
                    give(e, RAW, outside.ask("GET " + e.head().target()).bytes());
                  } else {
                    e.answer(406, "no CARs here");
                  }
                });
        NodeUnderTest node = node(gateway.url())) {
      WireAnswer answer = call(node, data);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(3_000_000, 3_000_000), answer.bytes());
      assertEquals(5, asked.size(), asked::toString); // a CAR, the root, three leaves
      assertEquals(5, asked.stream().distinct().count());
    }
  }

  /** Directories one in the other, each with so many links behind that to the next. */
  private static Cid wide(int levels, int links, Map<String, byte[]> blocks) {
    Random random = new Random(1);
    List<PbLink> next = List.of();
    for (int level = 0; level < levels; level++) {
      List<PbLink> all = new ArrayList<>(next);
      for (int i = 0; i < links; i++) {
        byte[] digest = new byte[32];
        random.nextBytes(digest);
        Multihash hash = Multihash.of(Multicodec.SHA2_256, digest);
        all.add(new PbLink(Cid.v1(Multicodec.RAW, hash), "", 1));
      }
      Block block = Block.of(Multicodec.DAG_PB, DagPb.encode(new PbNode(all, DIRECTORY)));
      blocks.put("/ipfs/" + block.cid() + "?format=raw", block.bytes());
      next = List.of(new PbLink(block.cid(), "", 1));
    }
    return next.getFirst().cid();
  }

  @Test
  @Tag("long")
  void links_that_wait_to_be_followed_are_bounded() {
    Map<String, byte[]> blocks = new HashMap<>();
    Cid root = wide(6, 44_000, blocks); // more than DagLimits.MAX_PENDING_LINKS
    try (WireServer gateway =
            WireServer.start(
                e -> {
                  byte[] block = blocks.get(e.head().target());
                  if (block == null) {
                    e.answer(e.head().target().endsWith("format=raw") ? 404 : 406, "");
                    return;
                  }
                  give(e, RAW, block);
                });
        NodeUnderTest node = node(gateway.url())) {
      failed(TestCall.of(COPY).on(root).ask(node), 409, "would-move");
    }
  }

  @Test
  void a_block_without_bytes_of_a_file_comes_as_well() {
    Block empty = Block.of(Multicodec.RAW, new byte[0]);
    Block leaf = Block.of(Multicodec.RAW, new byte[] {'h', 'e', 'l', 'l', 'o'});
    List<PbLink> links = List.of(new PbLink(empty.cid(), "", 0), new PbLink(leaf.cid(), "", 5));
    byte[] file = {8, 2, 0x18, 5, 0x20, 0, 0x20, 5}; // a file of five bytes: none, then five
    Block root = Block.of(Multicodec.DAG_PB, DagPb.encode(new PbNode(links, file)));
    byte[] car = SampleDag.car(List.of(root.cid()), List.of(root, empty, leaf));
    assertEquals(201, outside.add(car).status());
    try (WireServer other = WireServer.start(e -> e.answer(404, ""));
        NodeUnderTest node = node(outside.url(), other.url())) {
      assertEquals("hello", TestCall.of(COPY).on(root.cid()).ask(node).text());
    }
  }

  @Test
  void a_page_instead_of_data_spoils_nothing() {
    SampleDag data = held(300_000);
    try (WireServer page =
            WireServer.start(e -> e.answer(200, "<html>", "Content-Type: text/html"));
        NodeUnderTest node = node(page.url())) {
      failed(call(node, data), 502, "hash-mismatch");
    }
    try (WireServer page =
            WireServer.start(e -> e.answer(200, "<html>", "Content-Type: text/html"));
        NodeUnderTest node = node(page.url(), outside.url())) {
      assertEquals(200, call(node, data).status());
    }
  }

  @Test
  void wrong_bytes_and_blocks_that_nobody_asked_for_are_passed_over() {
    SampleDag data = held(300_000);
    byte[] other = SampleDag.file(1, 100_000).car();
    try (Relay liar = Relay.to(outside.url());
        WireServer stranger = WireServer.start(e -> give(e, CAR, other));
        NodeUnderTest node = node(liar.url(), stranger.url(), outside.url())) {
      liar.corrupt(200_000);
      WireAnswer answer = call(node, data);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(300_000, 300_000), answer.bytes());
      assertEquals(404, node.ask("GET /ipfs/" + SampleDag.file(1, 100_000).root()).status());
    }
  }

  @Test
  void an_endless_body_ends_with_the_budget_or_with_what_a_block_may_have() {
    SampleDag data = held(300_000);
    byte[] block = new byte[1 << 16];
    try (WireServer endless =
            WireServer.start(
                e -> {
                  if (!e.head().target().contains("format=raw")) {
                    e.answer(501, "");
                    return;
                  }
                  e.begin(200, RAW);
                  while (true) {
                    e.chunk(block);
                  }
                });
        NodeUnderTest node = node(endless.url())) {
      failed(TestCall.of(COPY).on(data.root()).maxFetch(1 << 20).ask(node), 409, "would-move");
      failed(call(node, data), 503, "data-unavailable"); // a block has at most 2 MiB
    }
  }

  @Test
  void a_file_that_one_gateway_cuts_goes_on_at_the_next() {
    SampleDag data = held(5_500_000);
    List<String> asked = new CopyOnWriteArrayList<>();
    try (WireServer cutting =
            WireServer.start(
                e -> {
                  asked.add(e.head().target());
                  byte[] car = outside.ask("GET " + e.head().target()).bytes();
                  e.begin(200, CAR);
                  e.chunk(Arrays.copyOf(car, Math.min(car.length, 1_300_000)));
                  e.close();
                });
        Relay second = Relay.to(outside.url());
        NodeUnderTest node = node(cutting.url(), second.url())) {
      WireAnswer answer = call(node, data);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(5_500_000, 5_500_000), answer.bytes());
      assertTrue(asked.size() > 1, asked::toString);
      assertTrue(
          second.bodyBytesToClient() < 5_500_000,
          () -> "what came does not travel again: " + second.bodyBytesToClient() + " " + asked);
    }
  }

  @Test
  void a_gateway_that_wants_rest_is_told_to_the_caller() {
    SampleDag data = SampleDag.file(6, 100);
    try (WireServer busy = WireServer.start(e -> e.answer(429, "", "Retry-After: 30"));
        NodeUnderTest node = node(busy.url())) {
      WireAnswer answer = call(node, data);
      failed(answer, 503, "data-unavailable");
      assertFalse(answer.header("Retry-After").isEmpty());
      failed(call(node, data), 503, "data-unavailable");
      assertEquals(1, busy.connections());
    }
  }

  @Test
  void a_silent_gateway_costs_no_more_than_the_time_of_the_call() {
    SampleDag data = SampleDag.file(6, 100);
    try (WireServer silent = WireServer.start(WireExchange::awaitPeerGone);
        NodeUnderTest node = node(silent.url())) {
      failed(TestCall.of(COPY).on(data.root()).timeoutMs(400).ask(node), 504, "out-of-time");
    }
  }
}
