package dev.limpet.content.cid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DigestTableTest {
  private static final int MANY = 100_000;

  @Test
  void many_values_are_each_added_once_and_found_again() {
    DigestTable table = new DigestTable();
    fill(table, 1, true);
    assertEquals(MANY, table.size());
    fill(table, 1, false);
    assertEquals(MANY, table.size());
    Random random = new Random(1);
    for (int i = 0; i < MANY; i++) {
      long high = random.nextLong();
      long low = random.nextLong();
      assertTrue(table.contains(high, low));
      assertFalse(table.contains(~high, low));
    }
  }

  @Test
  void values_that_fall_into_the_same_slot_are_told_apart() {
    DigestTable table = new DigestTable();
    for (int low = 0; low < 1000; low += 2) {
      assertTrue(table.add(7, low));
      assertFalse(table.contains(7, low + 2));
    }
    assertEquals(500, table.size());
    assertTrue(table.add(0, 0));
    assertTrue(table.contains(0, 0));
  }

  @Test
  void another_table_is_added_whole() {
    DigestTable table = new DigestTable();
    DigestTable other = new DigestTable();
    fill(table, 1, true);
    fill(other, 2, true);
    table.addAll(other);
    table.addAll(other);
    assertEquals(2 * MANY, table.size());
    fill(table, 2, false);
  }

  private static void fill(DigestTable table, long seed, boolean added) {
    Random random = new Random(seed);
    for (int i = 0; i < MANY; i++) {
      assertEquals(added, table.add(random.nextLong(), random.nextLong()));
    }
  }
}
