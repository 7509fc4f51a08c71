package dev.limpet.protocol.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import org.junit.jupiter.api.Test;

/** How often a disk is looked at, and what it is never left with. */
class FreeDiskTest {
  private static final long KEPT = 1 << 20;
  private static final int BLOCK_BYTES = 4 << 10;
  private static final int UNSEEN = (int) (FreeDisk.MAX_UNSEEN_BYTES / BLOCK_BYTES);

  private long usable = 1L << 30;
  private int looks;
  private final FreeDisk disk =
      new FreeDisk(
          () -> {
            looks++;
            return usable;
          },
          new FreeDisk.Rule(KEPT, "node", "unpin data"));

  @Test
  void many_small_blocks_in_a_row_need_one_look_while_much_is_free() {
    for (int i = 0; i < UNSEEN; i++) {
      disk.requireNext(BLOCK_BYTES);
    }
    assertEquals(1, looks);
    disk.requireNext(BLOCK_BYTES);
    disk.requireNext(BLOCK_BYTES);
    assertEquals(2, looks);
  }

  @Test
  void a_disk_that_is_filled_meanwhile_is_seen_after_so_many_bytes() {
    disk.requireNext(BLOCK_BYTES);
    usable = KEPT;
    for (int i = 0; i < UNSEEN; i++) {
      disk.requireNext(BLOCK_BYTES);
    }
    assertEquals(
        ErrorCode.DISK_LOW,
        assertThrows(LimpetException.class, () -> disk.requireNext(BLOCK_BYTES)).code());
    assertThrows(LimpetException.class, () -> disk.requireNext(BLOCK_BYTES), "and the next");
    assertThrows(LimpetException.class, () -> disk.require(1), "which always looks");
  }

  @Test
  void near_the_bound_each_block_needs_a_look_and_not_a_byte_goes_beyond_it() {
    usable = KEPT + 3 * BLOCK_BYTES;
    for (int i = 0; i < 3; i++) {
      disk.requireNext(BLOCK_BYTES);
      usable -= BLOCK_BYTES;
    }
    assertThrows(LimpetException.class, () -> disk.requireNext(1));
    assertEquals(4, looks);
    usable += 1;
    disk.requireNext(1);
  }

  @Test
  void a_block_that_is_larger_than_what_may_be_unseen_is_looked_for_itself() {
    disk.requireNext(BLOCK_BYTES);
    disk.requireNext(2 * FreeDisk.MAX_UNSEEN_BYTES);
    disk.requireNext(2 * FreeDisk.MAX_UNSEEN_BYTES);
    assertEquals(3, looks);
  }
}
