package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Index files that lie beside sealed segments, asked while the store runs. */
class PackIndexFileTest {
  private static final PackOptions OPTIONS = new PackOptions(1 << 30, 64 << 10, false);
  private static final int BLOCKS = 3000;

  @TempDir Path directory;
  private final List<Block> blocks = new ArrayList<>();

  @BeforeEach
  void fill_a_store() {
    Random random = new Random(7);
    try (PackBlockstore store = open()) {
      for (int i = 0; i < BLOCKS; i++) {
        Block block = PackBlockstoreTest.random(random, 8 + i % 200);
        blocks.add(block);
        store.put(block);
      }
    }
  }

  private PackBlockstore open() {
    return PackBlockstore.open(directory, OPTIONS);
  }

  private List<Path> indexFiles() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(".idx")).sorted().toList();
    }
  }

  private static void assertHolds(PackBlockstore store, List<Block> expected) {
    for (Block block : expected) {
      assertArrayEquals(block.bytes(), store.get(block.cid()));
    }
    assertEquals(expected.size(), store.blocks());
  }

  /** As builds before pages wrote it. */
  private static byte[] oldForm(PackSidecar sidecar, int segment) {
    List<PackIndex.Entry> entries = new ArrayList<>();
    for (int i = 0; i < sidecar.count(); i++) {
      entries.add(sidecar.entry(i));
    }
    entries.sort(Comparator.comparingInt(entry -> entry.place().offset()));
    ByteBuffer old = ByteBuffer.allocate(24 + entries.size() * PackSidecar.ENTRY_BYTES + 4);
    old.putLong(0x4c696d7065744931L).putInt(segment);
    old.putLong(sidecar.coveredBytes()).putInt(entries.size());
    for (PackIndex.Entry entry : entries) {
      old.put(entry.digest()).putInt(entry.place().offset());
      old.put((byte) entry.place().prefix()).putInt(entry.place().length());
    }
    CRC32C crc = new CRC32C();
    crc.update(old.array(), 0, old.position());
    return old.putInt((int) crc.getValue()).array();
  }

  @Test
  void a_store_of_an_older_build_opens_and_gets_index_files_of_this_one() throws IOException {
    List<byte[]> written = new ArrayList<>();
    for (Path file : indexFiles()) {
      written.add(Files.readAllBytes(file));
      int segment = Integer.parseInt(file.getFileName().toString().substring(8, 18));
      Files.write(file, oldForm(PackSidecar.read(file, segment, Long.MAX_VALUE), segment));
    }
    assertTrue(written.size() > 3);
    try (PackBlockstore store = open()) {
      assertHolds(store, blocks);
    }
    for (int i = 0; i < written.size(); i++) {
      assertArrayEquals(written.get(i), Files.readAllBytes(indexFiles().get(i)));
    }
  }

  @Test
  void an_old_index_file_with_a_flipped_bit_is_not_believed() throws IOException {
    Path file = indexFiles().getFirst();
    byte[] old = oldForm(PackSidecar.read(file, 1, Long.MAX_VALUE), 1);
    old[old.length / 2] ^= 1;
    Files.write(file, old);
    try (PackBlockstore store = open()) {
      assertHolds(store, blocks);
    }
  }

  @Test
  void a_page_that_is_damaged_under_a_running_store_is_reported_and_read_anew_at_the_next_start()
      throws IOException {
    Path file = indexFiles().getFirst();
    byte[] good = Files.readAllBytes(file);
    byte[] bad = good.clone();
    bad[PackSidecar.HEAD_BYTES + 5] ^= 4;
    Block victim =
        blocks.stream()
            .filter(
                block ->
                    Arrays.equals(
                        block.cid().multihash().digest(),
                        Arrays.copyOfRange(
                            good, PackSidecar.HEAD_BYTES, PackSidecar.HEAD_BYTES + 32)))
            .findFirst()
            .orElseThrow();
    try (PackBlockstore store = open()) {
      Files.write(file, bad);
      var refused = assertThrows(StoreFailedException.class, () -> store.get(victim.cid()));
      assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
      assertTrue(refused.getMessage().contains("start again"), refused.getMessage());
    }
    try (PackBlockstore store = open()) {
      assertHolds(store, blocks);
      assertArrayEquals(good, Files.readAllBytes(file));
    }
  }

  @Test
  void blocks_of_sealed_segments_can_be_deleted_put_again_and_deleted_again() {
    Random random = new Random(3);
    List<Block> expected = new ArrayList<>(blocks);
    try (PackBlockstore store = open()) {
      for (int i = 0; i < 500; i++) {
        Block victim = blocks.get(random.nextInt(BLOCKS));
        store.delete(victim.cid());
        assertFalse(store.has(victim.cid()));
        assertNull(store.get(victim.cid()));
        if (i % 2 == 0) {
          store.put(victim);
          assertArrayEquals(victim.bytes(), store.get(victim.cid()));
          store.delete(victim.cid());
        }
        expected.remove(victim);
      }
      assertHolds(store, expected);
    }
    try (PackBlockstore store = open()) {
      assertHolds(store, expected);
    }
  }
}
