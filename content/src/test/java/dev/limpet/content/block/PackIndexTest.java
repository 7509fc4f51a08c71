package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackIndexTest {
  private static final HexFormat HEX = HexFormat.of();

  private static byte[] digest(Random random) {
    byte[] digest = new byte[PackSection.KEY_BYTES];
    random.nextBytes(digest);
    return digest;
  }

  private static PackIndex.Place place(Random random) {
    return new PackIndex.Place(
        random.nextInt(Integer.MAX_VALUE),
        random.nextInt(Integer.MAX_VALUE),
        random.nextInt(PackSection.MAX_PREFIX_BYTES + 1),
        random.nextInt(Block.MAX_BLOCK_BYTES + 1),
        random.nextBoolean());
  }

  @Test
  void the_ends_of_all_ranges_come_back_as_they_were_put() {
    PackIndex index = new PackIndex();
    byte[] digest = new byte[PackSection.KEY_BYTES];
    PackIndex.Place largest =
        new PackIndex.Place(
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            PackSection.MAX_PREFIX_BYTES,
            Block.MAX_BLOCK_BYTES,
            true);
    assertNull(index.put(digest, largest));
    assertEquals(largest, index.find(digest));
    PackIndex.Place smallest = new PackIndex.Place(0, 0, 0, 0, false);
    assertEquals(largest, index.put(digest, smallest));
    assertEquals(smallest, index.find(digest));
    assertEquals(1, index.size());
  }

  @Test
  void only_the_place_that_was_seen_is_removed() {
    PackIndex index = new PackIndex();
    Random random = new Random(1);
    byte[] digest = digest(random);
    PackIndex.Place old = place(random);
    PackIndex.Place moved = place(random);
    index.put(digest, old);
    index.put(digest, moved);
    assertFalse(index.remove(digest, old));
    assertTrue(index.remove(digest, moved));
    assertNull(index.find(digest));
    assertFalse(index.remove(digest, moved));
  }

  @Test
  void it_does_what_a_map_does() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    PackIndex index = new PackIndex();
    Map<String, PackIndex.Place> expected = new HashMap<>();
    List<byte[]> known = new ArrayList<>();
    for (int step = 0; step < 100_000; step++) {
      // Grows for the first half, then shrinks to nothing.
      boolean add = random.nextInt(100) < (step < 50_000 ? 70 : 20);
      if (add) {
        byte[] digest = digest(random);
        PackIndex.Place place = place(random);
        known.add(digest);
        assertNull(index.put(digest, place));
        expected.put(HEX.formatHex(digest), place);
      } else if (!known.isEmpty()) {
        int victim = random.nextInt(known.size());
        byte[] digest = known.get(victim);
        known.set(victim, known.getLast());
        known.removeLast();
        PackIndex.Place place = expected.remove(HEX.formatHex(digest));
        assertTrue(place != null && index.remove(digest, place));
        assertNull(index.find(digest));
      }
      assertEquals(expected.size(), index.size());
    }
    expected.forEach((digest, place) -> assertEquals(place, index.find(HEX.parseHex(digest))));
  }

  @Test
  void the_blocks_of_a_segment_are_listed_by_offset() {
    PackIndex index = new PackIndex();
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      int offset = random.nextInt(1 << 20);
      index.put(digest(random), new PackIndex.Place(i % 7, offset, 40, 1, false));
    }
    int sum = 0;
    for (int segment = 0; segment < 7; segment++) {
      List<PackIndex.Entry> entries = index.ofSegment(segment);
      sum += entries.size();
      for (int i = 1; i < entries.size(); i++) {
        assertTrue(entries.get(i - 1).place().offset() <= entries.get(i).place().offset());
        assertEquals(entries.get(i).place(), index.find(entries.get(i).digest()));
      }
    }
    assertEquals(10_000, sum);
  }

  @Test
  void a_million_blocks_take_less_than_64_bytes_each() {
    PackIndex index = new PackIndex();
    Random random = new Random(4);
    for (int i = 0; i < 1_000_000; i++) {
      index.put(digest(random), new PackIndex.Place(i >> 16, i, 40, 4096, false));
    }
    double each = index.memoryBytes() / 1e6;
    System.out.println("bytes per block: " + each);
    assertTrue(each < 64, each + " bytes a block");
  }
}
