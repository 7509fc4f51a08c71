package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import org.junit.jupiter.api.Test;

/** What counts of bytes that come from several sources, and what comes again. */
class FetchMeterTest {
  private static final int BLOCK = 1 << 18;
  private static final int MOST = 4 * BLOCK;
  private static final long FORGIVEN = MOST / 2 + FetchMeter.MAX_REPEATED_BYTES;

  private final FetchMeter meter = new FetchMeter(MOST);

  private static Block block(int number) {
    byte[] bytes = new byte[BLOCK];
    bytes[0] = (byte) number;
    return new Block(Cid.of(Multicodec.RAW, bytes), bytes);
  }

  private void comes(FetchMeter.Transfer transfer, int number) {
    transfer.accept(BLOCK - 1);
    transfer.accept(1);
    transfer.ended(block(number));
  }

  private void comes(int number) {
    try (FetchMeter.Transfer transfer = meter.transfer()) {
      comes(transfer, number);
    }
  }

  @Test
  void a_block_that_comes_again_from_another_source_counts_once_and_has_travelled_twice() {
    for (int i = 0; i < 4; i++) {
      comes(i);
    }
    comes(0);
    comes(3);
    assertEquals(6 * BLOCK, meter.bytes());
    assertEquals(0, meter.left());
    assertFalse(meter.isSpent());
    assertThrows(ContentLimitException.class, () -> comes(4));
    assertTrue(meter.isSpent());
  }

  @Test
  void a_source_that_sends_the_same_for_ever_comes_to_an_end() {
    comes(0);
    for (long again = 0; again < FORGIVEN; again += BLOCK) {
      comes(0);
      assertEquals(3 * BLOCK, meter.left());
    }
    for (int i = 0; i < 3; i++) {
      comes(0);
    }
    assertEquals(0, meter.left());
    assertThrows(ContentLimitException.class, () -> comes(0));
    assertTrue(meter.bytes() <= MOST + FORGIVEN + BLOCK, "" + meter.bytes());
  }

  @Test
  void the_first_source_is_stopped_at_the_byte_and_not_at_the_end_of_a_block() {
    FetchMeter.Transfer first = meter.transfer();
    first.accept(MOST + FetchMeter.MAX_FRAME_BYTES);
    assertThrows(ContentLimitException.class, () -> first.accept(1));
  }

  @Test
  void what_stands_around_blocks_does_not_count_until_it_is_more_than_half_of_them() {
    int frame = 100;
    try (FetchMeter.Transfer transfer = meter.transfer()) {
      for (int i = 0; i < 4; i++) {
        transfer.accept(frame);
        comes(transfer, i);
      }
    }
    assertEquals(0, meter.left());
    assertEquals(4L * (frame + BLOCK), meter.bytes());
    FetchMeter.Transfer framing = new FetchMeter(MOST).transfer();
    assertThrows(
        ContentLimitException.class,
        () -> {
          for (int i = 0; i < MOST; i++) {
            byte[] small = {(byte) i, (byte) (i >> 8), (byte) (i >> 16)};
            framing.accept(frame + small.length);
            framing.ended(new Block(Cid.of(Multicodec.RAW, small), small));
          }
        });
  }

  @Test
  void what_is_no_block_counts_and_is_never_forgiven() {
    comes(0);
    try (FetchMeter.Transfer broken = meter.transfer()) {
      broken.accept(BLOCK);
    }
    assertEquals(2 * BLOCK, meter.left());
    FetchMeter.Transfer endless = meter.transfer();
    endless.accept(2 * BLOCK + FORGIVEN);
    assertThrows(ContentLimitException.class, () -> endless.accept(1));
    endless.close();
    assertTrue(meter.isSpent());
  }
}
