package dev.limpet.node;

import static dev.limpet.node.CallAnswers.failed;
import static dev.limpet.node.CallAnswers.fetched;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A large file that several sources have: 14 blocks of 1 MiB, so a beginning and three parts. */
class ParallelFetchTest {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 14 * MIB;
  private static final String TICKET = "no-ticket-is-needed-here";
  private static final SampleFunction COPY = SampleFunction.of(SampleModules.copiesFile("."));

  @TempDir Path dir = Path.of("");

  private final SampleDag data = SampleDag.file(1, SIZE);
  private final CountDownLatch bothAsked = new CountDownLatch(2);
  private NodeUnderTest holder;
  private PartSources sources;

  @BeforeEach
  void start() {
    holder = NodeUnderTest.start(dir.resolve("holder"));
    assertEquals(201, holder.add(data.car()).status());
    sources = new PartSources(holder, '=');
  }

  @AfterEach
  void stop() {
    holder.close();
  }

  private WireServer source(String name, PartSources.Deed deed) {
    return sources.source(name, bothAsked, deed);
  }

  private WireAnswer call(NodeUnderTest node, WireServer peer) {
    return TestCall.of(COPY).on(data.root()).from(peer.url(), TICKET).ask(node);
  }

  private void comesWhole(WireServer peer, WireServer gateway, long most) {
    try (NodeUnderTest node =
        NodeUnderTest.start(dir.resolve("node"), "local-trustless-gateways=" + gateway.url())) {
      assertEquals(201, node.add(COPY.car()).status());
      WireAnswer answer = call(node, peer);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(1, SIZE), answer.bytes());
      long travelled = Long.parseLong(fetched(answer));
      assertTrue(travelled > SIZE && travelled < most, "" + travelled);
    }
  }

  @Test
  void a_peer_and_a_gateway_each_give_parts_at_once_and_no_leaf_comes_twice() {
    try (WireServer peer = source("peer", PartSources::honest);
        WireServer gateway = source("gateway", PartSources::honest)) {
      comesWhole(peer, gateway, SIZE + MIB / 4);
      assertEquals(3, sources.asked().size(), sources.asked()::toString);
      assertTrue(sources.askedOf("peer").findAny().isPresent(), sources.asked()::toString);
      assertTrue(sources.askedOf("gateway").findAny().isPresent(), sources.asked()::toString);
    }
  }

  @Test
  @Tag("long")
  void the_part_of_a_source_that_dies_goes_on_elsewhere_behind_what_came() {
    AtomicBoolean dead = new AtomicBoolean();
    try (WireServer peer = source("peer", PartSources::honest);
        WireServer dying =
            source(
                "dying",
                (exchange, car) -> {
                  if (dead.getAndSet(true)) {
                    exchange.answer(500, "");
                    return;
                  }
                  exchange.begin(200, "Content-Type: application/vnd.ipld.car; version=1");
                  exchange.chunk(Arrays.copyOf(car, 3 * MIB / 2));
                  exchange.close();
                })) {
      comesWhole(peer, dying, SIZE + MIB);
      String lost = sources.askedOf("dying").findFirst().orElseThrow();
      long from = Long.parseLong(lost.substring("dying ".length(), lost.indexOf(':')));
      String rest = "peer " + (from + MIB) + lost.substring(lost.indexOf(':'));
      assertTrue(sources.asked().contains(rest), () -> rest + " of " + sources.asked());
    }
  }

  @Test
  void a_source_that_lies_is_not_asked_again_and_spoils_nothing() {
    try (WireServer peer = source("peer", PartSources::honest);
        WireServer liar = source("liar", ParallelFetchTest::lie)) {
      comesWhole(peer, liar, SIZE + 3 * MIB);
      assertEquals(1, sources.askedOf("liar").count(), sources.asked()::toString);
    }
  }

  @Test
  @Tag("long")
  void a_source_that_has_single_blocks_alone_gives_those_of_its_parts() {
    PartSources.Deed blocks =
        (exchange, bytes) -> {
          if (exchange.head().target().endsWith("format=raw")) {
            exchange.begin(200, "Content-Type: application/vnd.ipld.raw");
            exchange.chunk(bytes);
            exchange.end();
          } else {
            exchange.answer(406, "no CARs here");
          }
        };
    try (WireServer peer = source("peer", PartSources::honest);
        WireServer gateway = source("gateway", blocks)) {
      comesWhole(peer, gateway, SIZE + MIB / 4);
      long all = sources.askedOf("gateway").count();
      long leaves = sources.askedOf("gateway").filter(one -> one.equals("gateway raw")).count();
      assertTrue(leaves > 0 && leaves <= 4 * (all - leaves), sources.asked()::toString);
    }
  }

  @Test
  @Tag("long")
  void nobody_waits_for_a_source_that_stands_still() {
    try (WireServer peer = source("peer", PartSources::honest);
        WireServer silent = source("silent", (exchange, _) -> exchange.awaitPeerGone())) {
      comesWhole(peer, silent, SIZE + MIB / 4);
    }
  }

  @Test
  void the_budget_is_for_all_sources_together() {
    try (WireServer peer = source("peer", PartSources::honest);
        WireServer liar = source("liar", ParallelFetchTest::lie)) {
      failed(within(SIZE + MIB / 2, peer, liar), 409, "would-move");
    }
  }

  @Test
  @Tag("long")
  void what_one_source_gives_within_the_budget_comes_within_it_from_several() {
    long whole = data.blocks().storedBytes();
    try (WireServer peer = source("peer", PartSources::honest);
        WireServer gateway = source("gateway", PartSources::honest)) {
      WireAnswer answer = within(whole, peer, gateway);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(1, SIZE), answer.bytes());
      assertEquals(3, sources.asked().size(), sources.asked()::toString);
      assertTrue(Long.parseLong(fetched(answer)) > whole, () -> fetched(answer) + " of " + whole);
    }
  }

  @Test
  void a_budget_is_of_data_and_what_stands_around_its_blocks_comes_besides() {
    long whole = data.blocks().storedBytes();
    for (long budget : List.of(whole - 1, whole)) {
      try (NodeUnderTest node = NodeUnderTest.start(dir.resolve("node-" + budget))) {
        assertEquals(201, node.add(COPY.car()).status());
        WireAnswer answer =
            TestCall.of(COPY).on(data.root()).from(holder.url(), TICKET).maxFetch(budget).ask(node);
        assertEquals(budget == whole ? 200 : 409, answer.status(), answer::text);
      }
    }
  }

  private WireAnswer within(long budget, WireServer peer, WireServer gateway) {
    try (NodeUnderTest node =
        NodeUnderTest.start(dir.resolve("node"), "local-trustless-gateways=" + gateway.url())) {
      assertEquals(201, node.add(COPY.car()).status());
      return TestCall.of(COPY).on(data.root()).from(peer.url(), TICKET).maxFetch(budget).ask(node);
    }
  }

  /** What it sends is wrong at its end. */
  private static void lie(WireExchange exchange, byte[] car) throws IOException {
    byte[] wrong = car.clone();
    wrong[car.length - 1] ^= 1;
    PartSources.honest(exchange, wrong);
  }
}
