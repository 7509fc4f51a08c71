package dev.limpet.node;

import static dev.limpet.node.CallAnswers.fetched;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that several sources have: four files, a folder with a file, and a link. */
class ParallelDirectoryTest {
  private static final int MIB = 1 << 20;
  private static final int FILE_BYTES = 3 * MIB / 2;
  private static final int FILES = 5;
  private static final int ENTRIES = FILES + 1;
  private static final long BYTES = (long) FILES * FILE_BYTES;
  private static final String TICKET = "no-ticket-is-needed-here";
  private static final SampleFunction COPY = SampleFunction.of(SampleModules.copiesFile("file-2"));

  @TempDir Path dir = Path.of("");

  private SampleDag data;
  private NodeUnderTest holder;
  private PartSources sources;

  @BeforeEach
  void start() throws IOException {
    data = directory(dir.resolve("source"));
    holder = NodeUnderTest.start(dir.resolve("holder"));
    assertEquals(201, holder.add(data.car()).status());
    sources = new PartSources(holder, '/');
  }

  @AfterEach
  void stop() {
    holder.close();
  }

  private static SampleDag directory(Path top) throws IOException {
    Files.createDirectories(top.resolve("folder"));
    for (int i = 0; i < FILES; i++) {
      String name = i == 0 ? "folder/file-0" : "file-" + i;
      Files.write(top.resolve(name), SampleDag.bytes(i, FILE_BYTES));
    }
    Files.createSymbolicLink(top.resolve("link"), Path.of("nowhere"));
    return SampleDag.tree(top);
  }

  private WireAnswer whole(NodeUnderTest node) {
    return node.ask("GET /ipfs/" + data.root() + "?format=car");
  }

  private void comesWhole(WireServer peer, List<WireServer> gateways, long most) {
    comesWhole(peer, gateways, most, most);
  }

  /** With a budget, and with less than that travelling, repeated bytes included. */
  private void comesWhole(WireServer peer, List<WireServer> gateways, long budget, long most) {
    String list = String.join(",", gateways.stream().map(one -> one.url().toString()).toList());
    try (NodeUnderTest node =
        NodeUnderTest.start(dir.resolve("node"), "local-trustless-gateways=" + list)) {
      assertEquals(201, node.add(COPY.car()).status());
      WireAnswer answer =
          TestCall.of(COPY).on(data.root()).from(peer.url(), TICKET).maxFetch(budget).ask(node);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(2, FILE_BYTES), answer.bytes());
      long travelled = Long.parseLong(fetched(answer));
      assertTrue(travelled > BYTES && travelled < most, "" + travelled);
      assertArrayEquals(whole(holder).bytes(), whole(node).bytes());
    }
  }

  @Test
  void each_entry_comes_once_from_one_of_three_that_are_asked_at_once() {
    CountDownLatch all = new CountDownLatch(3);
    try (WireServer peer = sources.source("peer", all, PartSources::honest);
        WireServer first = sources.source("first", all, PartSources::honest);
        WireServer second = sources.source("second", all, PartSources::honest)) {
      comesWhole(peer, List.of(first, second), BYTES + MIB / 4);
      assertEquals(ENTRIES, sources.asked().size(), sources.asked()::toString);
      for (String source : List.of("peer", "first", "second")) {
        assertTrue(sources.askedOf(source).findAny().isPresent(), sources.asked()::toString);
      }
    }
  }

  @Test
  @Tag("long")
  void what_one_gives_within_the_budget_comes_within_it_from_several() {
    CountDownLatch all = new CountDownLatch(2);
    long budget = data.blocks().storedBytes();
    try (WireServer peer = sources.source("peer", all, PartSources::honest);
        WireServer gateway = sources.source("gateway", all, PartSources::honest)) {
      comesWhole(peer, List.of(gateway), budget, BYTES + MIB / 4);
      assertEquals(ENTRIES, sources.asked().size(), sources.asked()::toString);
    }
  }

  @Test
  void one_that_dies_and_one_that_lies_are_not_asked_again_and_spoil_nothing() {
    CountDownLatch all = new CountDownLatch(3);
    PartSources.Deed dies =
        (exchange, car) -> {
          exchange.begin(200, "Content-Type: application/vnd.ipld.car; version=1");
          exchange.chunk(Arrays.copyOf(car, car.length / 4));
          exchange.close();
        };
    PartSources.Deed lies =
        (exchange, car) -> {
          byte[] wrong = car.clone();
          wrong[car.length - 1] ^= 1;
          PartSources.honest(exchange, wrong);
        };
    try (WireServer peer = sources.source("peer", all, PartSources::honest);
        WireServer dying = sources.source("dying", all, dies);
        WireServer liar = sources.source("liar", all, lies)) {
      comesWhole(peer, List.of(dying, liar), BYTES + 4 * MIB);
      assertEquals(1, sources.askedOf("dying").count(), sources.asked()::toString);
      assertEquals(1, sources.askedOf("liar").count(), sources.asked()::toString);
      assertEquals(ENTRIES, sources.askedOf("peer").distinct().count(), sources.asked()::toString);
    }
  }

  @Test
  @Tag("long")
  void nobody_waits_for_one_that_stands_still() {
    CountDownLatch all = new CountDownLatch(2);
    try (WireServer peer = sources.source("peer", all, PartSources::honest);
        WireServer silent =
            sources.source("silent", all, (exchange, _) -> exchange.awaitPeerGone())) {
      comesWhole(peer, List.of(silent), BYTES + MIB / 4);
      assertEquals(ENTRIES, sources.askedOf("peer").count(), sources.asked()::toString);
    }
  }
}
