package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.ImportOptions;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.node.kubo.FakeKubo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CARs that are asked for again, from a node that must ask another process for each block. */
class CarFromMemoryTest {
  private static final int SMALL = 3_000_000;

  @TempDir private Path dir = Path.of("");

  private final FakeKubo kubo = new FakeKubo();

  CarFromMemoryTest() throws IOException {}

  @AfterEach
  void stop() {
    kubo.close();
  }

  private Cid file(int bytes) throws IOException {
    Path file = Files.write(dir.resolve("file"), SampleDag.bytes(1, bytes));
    return new UnixFsImporter(b -> kubo.hold(b.cid(), b.bytes()), UnixFsProfile.KUBO_CIDV1)
        .importTree(file, ImportOptions.standard())
        .cid();
  }

  private NodeUnderTest node() {
    NodeUnderTest node =
        NodeUnderTest.start(dir.resolve("node"), "store=kubo:" + kubo.url(), "store-refresh=100ms");
    Awaitility.await().until(() -> node.ask("GET /health/ready").status() == 200);
    return node;
  }

  private long blocksRead() {
    return kubo.requests().stream().filter(request -> request.contains("/block/get")).count();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?format=car",
        "?format=car&car-dups=y",
        "?format=car&dag-scope=entity",
        "?format=car&dag-scope=entity&entity-bytes=0:1000000"
      })
  void a_small_one_is_read_once(String query) throws IOException {
    Cid root = file(SMALL);
    try (NodeUnderTest node = node()) {
      byte[] first = node.ask("GET /ipfs/" + root + query).bytes();
      assertTrue(first.length > 1_000_000);
      long read = blocksRead();
      assertArrayEquals(first, node.ask("GET /ipfs/" + root + query).bytes());
      assertEquals(read, blocksRead());
    }
  }

  @Test
  void a_single_block_is_read_once() throws IOException {
    Cid leaf = file(100_000);
    try (NodeUnderTest node = node()) {
      String ask = "GET /ipfs/" + leaf + "?format=car&dag-scope=block";
      byte[] first = node.ask(ask).bytes();
      long read = blocksRead();
      assertArrayEquals(first, node.ask(ask).bytes());
      assertEquals(read, blocksRead());
    }
  }

  @Test
  @Tag("long")
  void one_that_does_not_fit_into_memory_pushes_nothing_out_of_it() throws IOException {
    Cid large = file(Math.toIntExact(Runtime.getRuntime().maxMemory() / 16 / 2 + 4_000_000));
    Cid hot = kubo.hold(SampleDag.bytes(2, 1000));
    try (NodeUnderTest node = node()) {
      assertEquals(200, node.ask("GET /ipfs/" + hot + "?format=raw").status());
      long before = blocksRead();
      assertEquals(200, node.ask("GET /ipfs/" + large + "?format=car").status());
      long once = blocksRead() - before;
      assertEquals(200, node.ask("GET /ipfs/" + large + "?format=car").status());
      assertTrue(blocksRead() - before - once > 10, "leaves are read anew");
      long all = blocksRead();
      assertEquals(200, node.ask("GET /ipfs/" + hot + "?format=raw").status());
      assertEquals(all, blocksRead());
    }
  }
}
