package dev.limpet.node;

import static dev.limpet.node.CallAnswers.fetched;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private SampleDag data;
  private NodeUnderTest holder;

  @BeforeEach
  void start() throws IOException {
    data = directory(dir.resolve("source"));
    holder = NodeUnderTest.start(dir.resolve("holder"));
    assertEquals(201, holder.add(data.car()).status());
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
    InMemoryBlockstore blocks = new InMemoryBlockstore(Long.MAX_VALUE);
    Cid root =
        new UnixFsImporter(blocks, UnixFsProfile.V1_2025)
            .importTree(top, ImportOptions.standard())
            .cid();
    return new SampleDag(root, blocks);
  }

  /** What a source does with an entry. */
  private interface Deed {
    void answer(WireExchange exchange, byte[] car) throws IOException;
  }

  private static void honest(WireExchange exchange, byte[] car) throws IOException {
    exchange.begin(200, "Content-Type: application/vnd.ipld.car; version=1");
    exchange.chunk(car);
    exchange.end();
  }

  /** Gives the list; its first entry only when all the others were asked for one, too. */
  private WireServer source(String name, CountDownLatch all, Deed deed) {
    return WireServer.start(
        exchange -> {
          String target = exchange.head().target();
          byte[] car = holder.ask("GET " + target).bytes();
          if (target.endsWith("entity-bytes=0:4194303")) {
            honest(exchange, car);
            return;
          }
          asked.add(name + " " + target.substring(target.lastIndexOf('/') + 1));
          all.countDown();
          try {
            all.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          deed.answer(exchange, car);
        });
  }

  private void comesWhole(WireServer peer, List<WireServer> gateways, long most) {
    String list = String.join(",", gateways.stream().map(one -> one.url().toString()).toList());
    try (NodeUnderTest node =
        NodeUnderTest.start(dir.resolve("node"), "local-trustless-gateways=" + list)) {
      assertEquals(201, node.add(COPY.car()).status());
      WireAnswer answer = TestCall.of(COPY).on(data.root()).from(peer.url(), TICKET).ask(node);
      assertEquals(200, answer.status(), answer::text);
      assertArrayEquals(SampleDag.bytes(2, FILE_BYTES), answer.bytes());
      long travelled = Long.parseLong(fetched(answer));
      assertTrue(travelled > BYTES && travelled < most, "" + travelled);
      String whole = "GET /ipfs/" + data.root() + "?format=car";
      assertArrayEquals(holder.ask(whole).bytes(), node.ask(whole).bytes());
    }
  }

  private Stream<String> askedOf(String source) {
    return asked.stream().filter(one -> one.startsWith(source + " "));
  }

  @Test
  void each_entry_comes_once_from_one_of_three_that_are_asked_at_once() {
    CountDownLatch all = new CountDownLatch(3);
    try (WireServer peer = source("peer", all, ParallelDirectoryTest::honest);
        WireServer first = source("first", all, ParallelDirectoryTest::honest);
        WireServer second = source("second", all, ParallelDirectoryTest::honest)) {
      comesWhole(peer, List.of(first, second), BYTES + MIB / 4);
      assertEquals(ENTRIES, asked.size(), asked::toString);
      for (String source : List.of("peer", "first", "second")) {
        assertTrue(askedOf(source).findAny().isPresent(), asked::toString);
      }
    }
  }

  @Test
  void one_that_dies_and_one_that_lies_are_not_asked_again_and_spoil_nothing() {
    CountDownLatch all = new CountDownLatch(3);
    Deed dies =
        (exchange, car) -> {
          exchange.begin(200, "Content-Type: application/vnd.ipld.car; version=1");
          exchange.chunk(Arrays.copyOf(car, car.length / 4));
          exchange.close();
        };
    Deed lies =
        (exchange, car) -> {
          byte[] wrong = car.clone();
          wrong[car.length - 1] ^= 1;
          honest(exchange, wrong);
        };
    try (WireServer peer = source("peer", all, ParallelDirectoryTest::honest);
        WireServer dying = source("dying", all, dies);
        WireServer liar = source("liar", all, lies)) {
      comesWhole(peer, List.of(dying, liar), BYTES + 4 * MIB);
      assertEquals(1, askedOf("dying").count(), asked::toString);
      assertEquals(1, askedOf("liar").count(), asked::toString);
      assertEquals(ENTRIES, askedOf("peer").distinct().count(), asked::toString);
    }
  }

  @Test
  void nobody_waits_for_one_that_stands_still() {
    CountDownLatch all = new CountDownLatch(2);
    try (WireServer peer = source("peer", all, ParallelDirectoryTest::honest);
        WireServer silent = source("silent", all, (exchange, _) -> exchange.awaitPeerGone())) {
      comesWhole(peer, List.of(silent), BYTES + MIB / 4);
      assertEquals(ENTRIES, askedOf("peer").count(), asked::toString);
    }
  }
}
