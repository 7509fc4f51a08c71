package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Varint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start finds after crashes, cuts and flipped bits. */
class PackRecoveryTest {
  private static final PackOptions OPTIONS = new PackOptions(1 << 30, 16 << 10, false);
  private static final int BLOCKS = 40;

  @TempDir Path temporary;
  private Path directory = Path.of("");
  private final List<Block> blocks = new ArrayList<>();

  @BeforeEach
  void fill_a_store() {
    directory = temporary.resolve("blocks");
    Random random = new Random(7);
    try (PackBlockstore store = open()) {
      for (int i = 0; i < BLOCKS; i++) {
        Block block = PackBlockstoreTest.random(random, 100 + 50 * i);
        blocks.add(block);
        store.put(block);
      }
    }
  }

  private PackBlockstore open() {
    return PackBlockstore.open(directory, OPTIONS);
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  /** As a kill leaves it: the newest segment has no index file. */
  private Path afterKill() throws IOException {
    Files.delete(files(".idx").getLast());
    return files(".car").getLast();
  }

  private static void flip(Path file, long position, int bit) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[Math.toIntExact(position)] ^= (byte) (1 << bit);
    Files.write(file, bytes);
  }

  private int held(PackBlockstore store) {
    int held = 0;
    for (Block block : blocks) {
      byte[] bytes = store.get(block.cid());
      if (bytes != null) {
        assertArrayEquals(block.bytes(), bytes);
        held++;
      }
    }
    return held;
  }

  @Test
  void without_any_index_file_everything_is_found() throws IOException {
    for (Path file : files(".idx")) {
      Files.delete(file);
    }
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS, held(store));
    }
    assertEquals(files(".car").size(), files(".idx").size(), "written anew");
  }

  @Test
  void blocks_of_every_hash_are_found_with_and_without_index_files_and_after_a_rewrite()
      throws IOException {
    List<Block> others = HashedBlocks.of(new byte[300]);
    try (PackBlockstore store = open()) {
      others.forEach(store::put);
    }
    for (int round = 0; round < 3; round++) {
      try (PackBlockstore store = open()) {
        assertEquals(BLOCKS, held(store));
        assertHoldsOnce(store, others);
        blocks.subList(0, BLOCKS / 4 * round).forEach(block -> store.delete(block.cid()));
        while (store.compact(1 << 20)) {
          assertHoldsOnce(store, others);
        }
        blocks.forEach(store::put);
      }
      for (Path file : files(".idx")) {
        Files.delete(file);
      }
    }
  }

  private static void assertHoldsOnce(PackBlockstore store, List<Block> others) {
    Set<Cid> visited = new HashSet<>();
    store.visitBlocks(cid -> assertTrue(visited.add(cid), cid.toString()));
    for (Block block : others) {
      assertArrayEquals(block.bytes(), store.get(block.cid()), block.toString());
      assertTrue(visited.contains(block.cid()), block.toString());
    }
  }

  @Test
  @Tag("long")
  void an_index_file_with_any_flipped_bit_is_not_believed_and_written_anew() throws IOException {
    flipInIndex(11);
  }

  @Test
  @Tag("nightly")
  void an_index_file_with_a_flipped_bit_in_any_byte_is_not_believed_and_written_anew()
      throws IOException {
    flipInIndex(1);
  }

  private void flipInIndex(int step) throws IOException {
    Path sidecar = files(".idx").getFirst();
    byte[] good = Files.readAllBytes(sidecar);
    for (int position = 0; position < good.length; position += step) {
      flip(sidecar, position, position % 8);
      try (PackBlockstore store = open()) {
        assertEquals(BLOCKS, store.blocks(), "byte " + position);
        assertArrayEquals(good, Files.readAllBytes(sidecar), "byte " + position);
      }
    }
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS, held(store));
    }
  }

  @Test
  void an_index_file_that_is_cut_or_belongs_elsewhere_is_not_believed() throws IOException {
    List<Path> sidecars = files(".idx");
    byte[] good = Files.readAllBytes(sidecars.getFirst());
    List<byte[]> bad =
        List.of(
            new byte[0],
            Arrays.copyOf(good, 20),
            Arrays.copyOf(good, good.length - 1),
            Arrays.copyOf(good, good.length + 1),
            Files.readAllBytes(sidecars.get(1)));
    for (byte[] content : bad) {
      Files.write(sidecars.getFirst(), content);
      try (PackBlockstore store = open()) {
        assertEquals(BLOCKS, held(store));
      }
      assertArrayEquals(good, Files.readAllBytes(sidecars.getFirst()));
    }
  }

  @Test
  @Tag("long")
  void a_kill_at_any_byte_of_the_last_section_loses_only_that_block() throws IOException {
    Block last = PackBlockstoreTest.random(new Random(8), 100);
    try (PackBlockstore store = open()) {
      store.put(last);
    }
    Path newest = afterKill();
    byte[] whole = Files.readAllBytes(newest);
    int section =
        PackSection.prefixOf(last.cid(), last.bytes().length).length + last.bytes().length;
    for (int length = whole.length - section; length < whole.length; length++) {
      Files.write(newest, Arrays.copyOf(whole, length));
      Files.deleteIfExists(
          directory.resolve(newest.getFileName().toString().replace("car", "idx")));
      try (PackBlockstore store = open()) {
        assertEquals(BLOCKS, store.blocks(), "cut at " + length);
        assertFalse(store.has(last.cid()));
        assertEquals(whole.length - section, Files.size(newest), "the tail is cut off");
        store.put(last);
        assertArrayEquals(last.bytes(), store.get(last.cid()));
      }
      assertArrayEquals(whole, Files.readAllBytes(newest));
    }
  }

  @Test
  void a_tail_that_a_power_cut_left_as_zeros_is_cut_off() throws IOException {
    Path newest = afterKill();
    byte[] whole = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(whole, whole.length + 100_000));
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS, held(store));
      assertEquals(whole.length, Files.size(newest));
    }
  }

  @Test
  void a_flipped_bit_anywhere_after_a_kill_costs_at_most_one_block() throws IOException {
    flipAfterKill(100);
  }

  @Test
  @Tag("nightly")
  void a_flipped_bit_in_many_places_after_a_kill_costs_at_most_one_block() throws IOException {
    flipAfterKill(2000);
  }

  private void flipAfterKill(int rounds) throws IOException {
    Path newest = afterKill();
    Path sidecar = directory.resolve(newest.getFileName().toString().replace("car", "idx"));
    byte[] whole = Files.readAllBytes(newest);
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      // Lengths and CIDs are few among the bytes: every second flip goes near the first ones.
      int range = round % 2 == 0 ? whole.length : PackSection.FILE_HEADER.length + 50;
      int position = random.nextInt(range);
      Files.write(newest, whole);
      flip(newest, position, random.nextInt(8));
      Files.deleteIfExists(sidecar);
      boolean inHeader = position < PackSection.FILE_HEADER.length;
      try (PackBlockstore store = open()) {
        // A flip in the codec of a CID costs nothing: the hash is what names a block here.
        assertTrue(held(store) >= (inHeader ? BLOCKS : BLOCKS - 1), "byte " + position);
      }
    }
  }

  @Test
  void a_flipped_bit_in_a_block_is_found_when_it_is_read_and_the_block_can_be_put_again()
      throws IOException {
    Block victim = blocks.get(3);
    Path oldest = files(".car").getFirst();
    flip(oldest, positionOf(victim, oldest), 5);
    try (PackBlockstore store = open()) {
      assertTrue(store.has(victim.cid()));
      var damaged = assertThrows(HashMismatchException.class, () -> store.get(victim.cid()));
      assertEquals(victim.cid(), damaged.cid());
      assertFalse(store.has(victim.cid()));
      assertNull(store.get(victim.cid()));
      store.put(victim);
      assertArrayEquals(victim.bytes(), store.get(victim.cid()));
    }
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS, held(store), "the newer copy counts");
    }
  }

  private static long positionOf(Block block, Path file) throws IOException {
    byte[] name = block.cid().toBytes();
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i + name.length <= bytes.length; i++) {
      if (Arrays.equals(name, Arrays.copyOfRange(bytes, i, i + name.length))) {
        return (long) i + name.length;
      }
    }
    throw new AssertionError("not in this file");
  }

  @Test
  void a_segment_that_was_cut_from_outside_loses_what_was_cut() throws IOException {
    Path oldest = files(".car").getFirst();
    byte[] whole = Files.readAllBytes(oldest);
    Files.write(oldest, Arrays.copyOf(whole, whole.length - 1));
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS - 1, held(store));
    }
    assertEquals(whole.length - 1, Files.size(oldest), "an old segment is never cut");
  }

  @Test
  void a_file_that_shrinks_under_a_running_store_is_an_error_that_names_it() throws IOException {
    Path oldest = files(".car").getFirst();
    try (PackBlockstore store = open()) {
      Files.write(oldest, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
      var failed =
          assertThrows(StoreFailedException.class, () -> store.get(blocks.getFirst().cid()));
      assertTrue(failed.toString().contains(oldest.toString()), failed.toString());
    }
  }

  @Test
  void a_segment_whose_creation_was_cut_is_removed() throws IOException {
    Path begun = directory.resolve("segment-0000000099.car");
    Files.write(begun, Arrays.copyOf(PackSection.FILE_HEADER, 10));
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS, held(store));
      assertFalse(Files.exists(begun));
    }
  }

  @Test
  void blocks_that_are_put_behind_a_segment_that_was_never_begun_are_there_at_the_next_start()
      throws IOException {
    Path begun = directory.resolve("segment-0000000099.car");
    Files.write(begun, Arrays.copyOf(PackSection.FILE_HEADER, 10));
    try (PackBlockstore store = open()) {
      Random random = new Random(12);
      for (int i = 0; i < 20; i++) {
        Block block = PackBlockstoreTest.random(random, 100);
        blocks.add(block);
        store.put(block);
      }
    }
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS + 20, held(store));
    }
  }

  @Test
  void leftovers_of_a_crash_are_swept() throws IOException {
    Path orphan = Files.write(directory.resolve("segment-0000000077.idx"), new byte[9]);
    Path temporaryFile = Files.write(directory.resolve("segment-0000000001.idx.tmp"), new byte[9]);
    open().close();
    assertFalse(Files.exists(orphan));
    assertFalse(Files.exists(temporaryFile));
  }

  @Test
  void a_copy_left_by_an_interrupted_rewriting_counts_once() throws IOException {
    Path copy = directory.resolve("segment-0000000050.car");
    Files.copy(files(".car").get(1), copy, StandardCopyOption.REPLACE_EXISTING);
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS, held(store));
      assertEquals(BLOCKS, store.blocks());
      assertTrue(Files.exists(copy));
      assertEquals(3, files(".car").size(), "the older copy, without a living block, is gone");
    }
  }

  @Test
  @Tag("long")
  void a_damaged_log_of_deletes_brings_one_block_back_and_never_kills_another() throws IOException {
    try (PackBlockstore store = open()) {
      for (int i = 0; i < 10; i++) {
        store.delete(blocks.get(2 * i).cid());
      }
    }
    Path log = directory.resolve("deleted.log");
    byte[] good = Files.readAllBytes(log);
    for (int position = 0; position < good.length; position++) {
      flip(log, position, position % 8);
      try (PackBlockstore store = open()) {
        assertEquals(BLOCKS - 9, store.blocks());
      }
      Files.write(log, Arrays.copyOf(good, good.length - 1 - position));
      try (PackBlockstore store = open()) {
        int whole = (good.length - 1 - position) / PackTombstones.RECORD_BYTES;
        assertEquals(BLOCKS - whole, store.blocks());
      }
      Files.write(log, good);
    }
  }

  @Test
  void a_delete_does_not_reach_a_block_that_was_written_to_the_same_place_later()
      throws IOException {
    Block last = blocks.getLast();
    Block other = PackBlockstoreTest.random(new Random(9), last.bytes().length);
    Path newest = files(".car").getLast();
    byte[] before = Files.readAllBytes(newest);
    try (PackBlockstore store = open()) {
      store.put(other);
      store.delete(other.cid());
    }
    // A power cut: the delete reached the disk, the block did not.
    Files.write(newest, before);
    Files.delete(files(".idx").getLast());
    try (PackBlockstore store = open()) {
      store.put(other);
    }
    try (PackBlockstore store = open()) {
      assertArrayEquals(other.bytes(), store.get(other.cid()));
    }
  }

  @Test
  @Tag("long")
  void a_segment_that_is_too_costly_to_search_is_kept_and_not_written_again() throws IOException {
    Path newest = afterKill();
    byte[] whole = Files.readAllBytes(newest);
    byte[] hostile = startsOfSections(3 << 20, 1 << 20);
    byte[] both = Arrays.copyOf(whole, whole.length + hostile.length);
    System.arraycopy(hostile, 0, both, whole.length, hostile.length);
    Files.write(newest, both);
    Block next = PackBlockstoreTest.random(new Random(11), 1000);
    try (PackBlockstore store = open()) {
      assertEquals(BLOCKS, held(store));
      store.put(next);
    }
    assertArrayEquals(both, Files.readAllBytes(newest));
    try (PackBlockstore store = open()) {
      assertArrayEquals(next.bytes(), store.get(next.cid()));
    }
  }

  /** Every 40 bytes something that looks like a section; none hashes. */
  private static byte[] startsOfSections(int bytes, int sectionBytes) {
    byte[] name = Cid.of(Multicodec.RAW, new byte[] {1}).toBytes();
    ByteBuffer hostile = ByteBuffer.allocate(bytes);
    byte[] length = Varint.encode(sectionBytes);
    while (hostile.remaining() > name.length + length.length) {
      hostile.put(length).put(name);
    }
    return hostile.array();
  }
}
