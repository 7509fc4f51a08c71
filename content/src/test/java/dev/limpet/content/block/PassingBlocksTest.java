package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.content.unixfs.UnixFsReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassingBlocksTest {
  private static final int KEPT_AT_ONCE = CachingBlockstore.MAX_PASSING_BYTES + 1;
  private static final int CACHE_BYTES = 100_000;

  @TempDir private Path directory = Path.of("");

  private final Random random = new Random(7);

  private PackBlockstore disk() {
    return PackBlockstore.open(directory, PackOptions.store(1L << 30));
  }

  private Block block(long codec, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Block.of(codec, bytes);
  }

  private Block stored(Blockstore store, int length) {
    Block block = block(Multicodec.RAW, length);
    store.put(block);
    return block;
  }

  @Test
  void blocks_of_one_size_come_in_one_array_and_others_in_one_of_theirs() {
    try (Blockstore store = disk()) {
      Block first = stored(store, 5000);
      Block second = stored(store, 5000);
      Block shorter = stored(store, 4999);
      PassingBlocks passing = new PassingBlocks(store, Long.MAX_VALUE);
      byte[] array = passing.require(first.cid());
      assertArrayEquals(first.bytes(), array);
      assertSame(array, passing.require(second.cid()));
      assertArrayEquals(second.bytes(), array);
      assertArrayEquals(shorter.bytes(), passing.require(shorter.cid()));
      assertNull(passing.get(block(Multicodec.RAW, 10).cid()));
    }
  }

  @Test
  void a_block_with_links_stays_valid_while_others_pass() {
    try (Blockstore store = disk()) {
      Block inner = block(Multicodec.DAG_PB, 5000);
      store.put(inner);
      Block leaf = stored(store, 5000);
      PassingBlocks passing = new PassingBlocks(store, Long.MAX_VALUE);
      byte[] kept = passing.require(inner.cid());
      assertNotSame(kept, passing.require(leaf.cid()));
      assertArrayEquals(inner.bytes(), kept);
    }
  }

  @Test
  void a_read_that_does_not_fit_fills_no_cache_and_one_that_does_is_kept() {
    try (Blockstore store = new CachingBlockstore(disk(), CACHE_BYTES)) {
      Block hot = stored(store, KEPT_AT_ONCE);
      Block cold = stored(store, KEPT_AT_ONCE);
      byte[] cached = store.require(hot.cid());
      PassingBlocks large = new PassingBlocks(store, CACHE_BYTES);
      byte[] array = large.require(cold.cid());
      assertArrayEquals(cold.bytes(), array);
      assertTrue(!store.isInMemory(cold.cid()));
      assertSame(cached, large.require(hot.cid()));
      assertSame(array, large.require(cold.cid()));
      assertArrayEquals(hot.bytes(), cached, "what others have is not written over");

      PassingBlocks small = new PassingBlocks(store, CACHE_BYTES / 2);
      assertArrayEquals(cold.bytes(), small.require(cold.cid()));
      assertTrue(store.isInMemory(cold.cid()));
    }
  }

  @Test
  void a_damaged_block_is_found_when_it_passes() throws IOException {
    Block good;
    Block victim;
    try (Blockstore store = disk()) {
      good = stored(store, 5000);
      victim = stored(store, 5000);
    }
    Path segment = directory.resolve("segment-0000000001.car");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length - 1] ^= 1;
    Files.write(segment, bytes);
    try (Blockstore store = disk()) {
      PassingBlocks passing = new PassingBlocks(store, Long.MAX_VALUE);
      assertArrayEquals(good.bytes(), passing.require(good.cid()));
      Cid damaged = victim.cid();
      var thrown = assertThrows(ContentException.class, () -> passing.require(damaged));
      assertTrue(thrown.getMessage().contains(damaged.toString()), thrown.getMessage());
    }
  }

  @Test
  void any_range_of_a_file_passes_over_as_it_was_written() throws IOException {
    byte[] bytes = new byte[(3 << 20) + 1000];
    random.nextBytes(bytes);
    try (Blockstore store = new CachingBlockstore(disk(), CACHE_BYTES)) {
      ImportedRoot root =
          new UnixFsImporter(store, UnixFsProfile.V1_2025)
              .importFile(new ByteArrayInputStream(bytes));
      UnixFsReader reader = new UnixFsReader(store);
      UnixFsFile file = (UnixFsFile) reader.entry(root.cid());
      for (int round = 0; round < 20; round++) {
        int from = round == 0 ? 0 : random.nextInt(bytes.length);
        int to = round == 0 ? bytes.length : random.nextInt(from, bytes.length) + 1;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (var in = reader.open(file, from, to)) {
          byte[] head = in.readNBytes(Math.min(10, to - from));
          out.write(head);
          assertEquals(to - from - head.length, in.transferTo(out));
          assertEquals(-1, in.read());
        }
        assertArrayEquals(Arrays.copyOfRange(bytes, from, to), out.toByteArray());
      }
    }
  }
}
