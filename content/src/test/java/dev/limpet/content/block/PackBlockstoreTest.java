package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackBlockstoreTest extends BlockstoreContract {
  private static final long SMALL_SEGMENT = 16 << 10;

  @TempDir Path directory;

  @Override
  protected Blockstore open(long quotaBytes) {
    return PackBlockstore.open(directory, new PackOptions(quotaBytes, 64 << 10, false));
  }

  private PackBlockstore openSmall() {
    return PackBlockstore.open(directory, new PackOptions(1 << 30, SMALL_SEGMENT, false));
  }

  private PackBlockstore openCache(long quotaBytes) {
    return PackBlockstore.open(directory, new PackOptions(quotaBytes, SMALL_SEGMENT, true));
  }

  static Block random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Block.of(Multicodec.RAW, bytes);
  }

  private static List<Block> putRandom(Blockstore store, int count, int length) {
    Random random = new Random(count * 31L + length);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Block block = random(random, length);
      store.put(block);
      blocks.add(block);
    }
    return blocks;
  }

  private static void assertHolds(Blockstore store, List<Block> blocks) {
    for (Block block : blocks) {
      assertArrayEquals(block.bytes(), store.get(block.cid()), block.toString());
    }
  }

  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private long bytesOnDisk() throws IOException {
    long sum = 0;
    for (String suffix : List.of(".car", ".idx", ".log")) {
      for (Path file : files(suffix)) {
        sum += Files.size(file);
      }
    }
    return sum;
  }

  @Test
  void blocks_of_many_segments_are_there_after_opening_again() throws IOException {
    List<Block> blocks;
    try (PackBlockstore store = openSmall()) {
      blocks = putRandom(store, 100, 1500);
    }
    assertTrue(files(".car").size() > 5);
    try (PackBlockstore store = openSmall()) {
      assertHolds(store, blocks);
      assertEquals(100, store.blocks());
      blocks.addAll(putRandom(store, 30, 700));
    }
    try (PackBlockstore store = openSmall()) {
      assertHolds(store, blocks);
    }
  }

  @Test
  void opening_and_closing_often_makes_no_new_segments() throws IOException {
    for (int i = 0; i < 10; i++) {
      try (PackBlockstore store = openSmall()) {
        putRandom(store, i + 1, 100);
      }
    }
    assertEquals(1, files(".car").size());
  }

  @Test
  void what_counts_against_the_quota_is_what_the_disk_holds() throws IOException {
    long counted;
    try (PackBlockstore store = openSmall()) {
      List<Block> blocks = putRandom(store, 60, 1000);
      store.delete(blocks.get(3).cid());
      store.delete(blocks.get(59).cid());
      counted = store.storedBytes();
    }
    // The second died before its segment was sealed: the index file leaves it out.
    assertEquals(bytesOnDisk() + PackSidecar.ENTRY_BYTES, counted);
    try (PackBlockstore store = openSmall()) {
      assertEquals(bytesOnDisk(), store.storedBytes());
    }
  }

  @Test
  void a_segment_is_a_car_of_version_1() throws IOException {
    Block block = Block.of(Multicodec.RAW, new byte[] {1, 2, 3});
    Block pb =
        new Block(
            Cid.v0(Block.of(Multicodec.DAG_PB, new byte[300]).cid().multihash()), new byte[300]);
    try (PackBlockstore store = openSmall()) {
      store.put(block);
      store.put(pb);
    }
    byte[] first = block.cid().toBytes();
    byte[] second = pb.cid().toBytes();
    ByteBuffer expected = ByteBuffer.allocate(26 + 1 + first.length + 3 + 2 + second.length + 300);
    expected.put((byte) 25);
    // {roots: [bafkqaaa], version: 1}
    expected.put(HexFormat.of().parseHex("a265726f6f747381d82a4500015500006776657273696f6e01"));
    expected.put((byte) (first.length + 3)).put(first).put(block.bytes());
    int length = second.length + 300;
    expected.put((byte) ((length & 0x7f) | 0x80)).put((byte) (length >> 7));
    expected.put(second).put(pb.bytes());
    assertFalse(expected.hasRemaining());
    assertArrayEquals(expected.array(), Files.readAllBytes(files(".car").getFirst()));
  }

  @Test
  void a_second_opening_is_refused_with_the_name_of_the_folder() {
    try (PackBlockstore store = openSmall()) {
      var refused = assertThrows(StoreFailedException.class, this::openSmall);
      assertTrue(refused.getMessage().contains(directory.toString()), refused.getMessage());
      assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
      store.put(random(new Random(1), 10));
    }
    openSmall().close();
  }

  @Test
  void a_folder_that_is_a_file_is_refused_with_its_name() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    var refused =
        assertThrows(
            StoreFailedException.class, () -> PackBlockstore.open(file, PackOptions.store(1)));
    assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
  }

  @Test
  void files_of_others_in_the_folder_are_left_alone() throws IOException {
    Path foreign = Files.writeString(directory.resolve("segment-1.car"), "mine");
    Path notes = Files.writeString(directory.resolve("notes.txt"), "mine");
    try (PackBlockstore store = openSmall()) {
      putRandom(store, 3, 10);
    }
    assertEquals("mine", Files.readString(foreign));
    assertEquals("mine", Files.readString(notes));
  }

  @Test
  void deleted_blocks_stay_deleted_and_come_back_when_put_again() {
    List<Block> blocks;
    try (PackBlockstore store = openSmall()) {
      blocks = putRandom(store, 40, 1000);
      store.delete(blocks.get(0).cid());
      store.delete(blocks.get(20).cid());
      store.delete(blocks.get(39).cid());
      store.put(blocks.get(20));
    }
    try (PackBlockstore store = openSmall()) {
      assertNull(store.get(blocks.get(0).cid()));
      assertNull(store.get(blocks.get(39).cid()));
      assertArrayEquals(blocks.get(20).bytes(), store.get(blocks.get(20).cid()));
      assertEquals(38, store.blocks());
    }
  }

  @Test
  void a_segment_without_living_blocks_leaves_the_disk_at_once() throws IOException {
    try (PackBlockstore store = openSmall()) {
      List<Block> blocks = putRandom(store, 60, 1000);
      int before = files(".car").size();
      blocks.subList(0, 30).forEach(block -> store.delete(block.cid()));
      assertTrue(files(".car").size() < before);
      blocks.subList(30, 60).forEach(block -> store.delete(block.cid()));
      assertEquals(List.of(), files(".car"));
      assertEquals(60L * PackTombstones.RECORD_BYTES, store.storedBytes());
      assertHolds(store, putRandom(store, 60, 1000));
    }
    try (PackBlockstore store = openSmall()) {
      assertHolds(store, putRandom(store, 60, 1000));
    }
  }

  @Test
  void the_log_of_deletes_does_not_grow_for_ever() throws IOException {
    try (PackBlockstore store = openSmall()) {
      for (int i = 0; i < 200; i++) {
        putRandom(store, 100, 20).forEach(block -> store.delete(block.cid()));
      }
      assertTrue(Files.size(directory.resolve("deleted.log")) < 80_000);
      assertEquals(bytesOnDisk(), store.storedBytes());
    }
  }

  @Test
  void a_full_store_rewrites_segments_that_are_mostly_dead() {
    List<Block> blocks;
    try (PackBlockstore store = (PackBlockstore) open(1 << 20)) {
      blocks = putRandom(store, 900, 1000);
      for (int i = 0; i < 900; i++) {
        if (i % 3 != 0) {
          store.delete(blocks.get(i).cid());
        }
      }
      // 600 KB are dead, in each segment two thirds; 300 more blocks do not fit without them.
      blocks.addAll(putRandom(store, 300, 1001));
      assertTrue(store.storedBytes() <= 1 << 20);
    }
    try (PackBlockstore store = (PackBlockstore) open(1 << 20)) {
      for (int i = 0; i < blocks.size(); i++) {
        assertEquals(i >= 900 || i % 3 == 0, store.has(blocks.get(i).cid()), "block " + i);
      }
      assertHolds(store, blocks.subList(900, 1200));
    }
  }

  @Test
  void a_full_store_of_living_blocks_refuses_and_stores_nothing_half() throws IOException {
    try (PackBlockstore store = (PackBlockstore) open(100_000)) {
      List<Block> blocks = new ArrayList<>();
      Random random = new Random(5);
      var refused =
          assertThrows(
              QuotaExceededException.class,
              () -> {
                while (true) {
                  Block block = random(random, 3000);
                  store.put(block);
                  blocks.add(block);
                }
              });
      assertEquals(100_000, refused.quotaBytes());
      assertEquals(31, blocks.size());
      assertHolds(store, blocks);
      assertTrue(bytesOnDisk() <= 100_000);
      store.put(random(random, 10));
    }
  }

  @Test
  void a_cache_forgets_its_oldest_blocks_and_says_which() throws IOException {
    List<Cid> evicted = new ArrayList<>();
    try (PackBlockstore store = openCache(100_000)) {
      store.onEvict(evicted::add);
      List<Block> blocks = putRandom(store, 500, 1000);
      assertTrue(store.storedBytes() <= 100_000 && store.storedBytes() > 80_000);
      assertEquals(500, evicted.size() + store.blocks());
      for (int i = 0; i < 500; i++) {
        assertEquals(i >= evicted.size(), store.has(blocks.get(i).cid()));
        if (i < evicted.size()) {
          assertEquals(blocks.get(i).cid(), evicted.get(i));
        }
      }
      assertTrue(bytesOnDisk() <= 100_000);
    }
    try (PackBlockstore store = openCache(100_000)) {
      assertEquals(500, evicted.size() + store.blocks());
    }
  }

  @Test
  void a_block_bigger_than_the_cache_pushes_nothing_out() {
    try (PackBlockstore store = openCache(50_000)) {
      List<Block> blocks = putRandom(store, 20, 1000);
      Block big = random(new Random(2), 50_000);
      assertThrows(QuotaExceededException.class, () -> store.put(big));
      assertHolds(store, blocks);
    }
  }

  @Test
  void a_cache_with_room_for_one_block_holds_the_last() {
    try (PackBlockstore store = openCache(1200)) {
      List<Block> blocks = putRandom(store, 5, 1000);
      assertEquals(1, store.blocks());
      assertHolds(store, blocks.subList(4, 5));
    }
  }

  @Test
  void options_out_of_range_are_refused_with_the_range() {
    assertThrows(IllegalArgumentException.class, () -> new PackOptions(0, 1 << 20, false));
    var tooBig =
        assertThrows(IllegalArgumentException.class, () -> new PackOptions(1, 1L << 31, false));
    assertTrue(tooBig.toString().contains("1073741824"), tooBig.toString());
  }
}
