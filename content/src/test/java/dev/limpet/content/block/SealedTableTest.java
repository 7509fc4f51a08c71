package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SealedTableTest {
  private record Hint(byte[] digest, int segment) {}

  private static byte[] digest(Random random) {
    byte[] digest = new byte[PackSection.KEY_BYTES];
    random.nextBytes(digest);
    return digest;
  }

  @Test
  void it_names_every_segment_that_has_a_block_the_newest_first() {
    SealedTable table = new SealedTable();
    byte[] digest = digest(new Random(1));
    for (int segment : new int[] {7, 3, 40_000_000}) {
      table.add(digest, segment);
    }
    assertEquals(40_000_000, table.newestBelow(digest, Long.MAX_VALUE));
    assertEquals(7, table.newestBelow(digest, 40_000_000));
    table.remove(digest, 7);
    assertEquals(3, table.newestBelow(digest, 40_000_000));
    assertEquals(-1, table.newestBelow(digest, 3));
  }

  @Test
  void whatever_comes_and_goes_it_names_what_is_there() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    SealedTable table = new SealedTable();
    List<Hint> known = new ArrayList<>();
    for (int step = 0; step < 100_000; step++) {
      boolean add = random.nextInt(100) < (step < 50_000 ? 70 : 20);
      if (add) {
        Hint hint = new Hint(digest(random), random.nextInt(500));
        table.add(hint.digest, hint.segment);
        known.add(hint);
      } else if (!known.isEmpty()) {
        int victim = random.nextInt(known.size());
        Hint hint = known.get(victim);
        known.set(victim, known.getLast());
        known.removeLast();
        table.remove(hint.digest, hint.segment);
        assertEquals(-1, table.newestBelow(hint.digest, Long.MAX_VALUE), "seed " + seed);
      }
    }
    for (Hint hint : known) {
      assertEquals(hint.segment, table.newestBelow(hint.digest, Long.MAX_VALUE), "seed " + seed);
    }
  }

  @Test
  void the_number_of_a_segment_that_is_gone_serves_another() {
    SealedTable table = new SealedTable();
    Random random = new Random(5);
    for (int segment = 0; segment < 3 * SealedTable.MAX_SEALED_SEGMENTS; segment++) {
      byte[] digest = digest(random);
      table.add(digest, segment);
      assertEquals(segment, table.newestBelow(digest, Long.MAX_VALUE));
      table.remove(digest, segment);
      table.forget(segment);
    }
    assertTrue(table.hasRoom());
  }

  @Test
  void a_million_blocks_take_less_than_nine_bytes_each() {
    SealedTable table = new SealedTable();
    Random random = new Random(4);
    for (int i = 0; i < 1_000_000; i++) {
      table.add(digest(random), i >> 17);
    }
    double each = table.memoryBytes() / 1e6;
    System.out.println("bytes per block: " + each);
    assertTrue(each < 9, each + " bytes a block");
  }
}
