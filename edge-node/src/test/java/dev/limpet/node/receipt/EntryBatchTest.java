package dev.limpet.node.receipt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptOutcome;
import dev.limpet.protocol.receipt.ReceiptSamples;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryBatchTest {
  private static final PeerId NODE = NodeIdentity.generate().peerId();

  private static Receipt saying(String said) {
    Receipt plain = ReceiptSamples.receipt(NODE);
    Receipt.Ending ending = new Receipt.Ending(ReceiptOutcome.TRAPPED, null, said, null);
    return new Receipt(plain.work(), ending, plain.used(), plain.ran());
  }

  /** What was not added, or could not be written whole, is no part of what comes behind it. */
  @Test
  void what_was_written_and_not_added_leaves_nothing_in_its_batch() {
    EntryBatch batch = new EntryBatch();
    Receipt.Used wrong = new Receipt.Used(1, 1, 1, 1, -1);
    List<byte[]> wanted = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Receipt receipt = saying("x".repeat(i * 37));
      assertEquals(receipt.encodedLength() + 1, batch.write(saying("x".repeat(i * 37 + 1))));
      assertThrows(
          IllegalArgumentException.class,
          () -> batch.write(new Receipt(receipt.work(), receipt.ending(), wrong, receipt.ran())));
      byte[] bytes = receipt.encode();
      assertEquals(Receipt.cidOf(bytes), batch.add(batch.write(receipt)));
      wanted.add(bytes);
    }
    assertEquals(wanted.size(), batch.count());
    for (int i = 0; i < wanted.size(); i++) {
      byte[] entry = Arrays.copyOfRange(batch.array(), batch.start(i), batch.start(i + 1));
      assertEquals(entry.length - 2, Short.toUnsignedInt(ByteBuffer.wrap(entry).getShort()));
      int nonce = ReceiptFile.NONCE_BYTES;
      assertArrayEquals(wanted.get(i), Arrays.copyOfRange(entry, 2 + nonce, entry.length));
    }
  }

  @Test
  void a_receipt_longer_than_may_be_is_measured_and_has_no_place() {
    EntryBatch batch = new EntryBatch();
    int more = Receipt.MAX_RECEIPT_BYTES - saying("").encodedLength() - 2; // a longer head
    assertEquals(Receipt.MAX_RECEIPT_BYTES + 1, batch.write(saying("x".repeat(more + 1))));
    assertEquals(Receipt.MAX_RECEIPT_BYTES, batch.write(saying("x".repeat(more))));
    assertTrue(batch.isEmpty());
    batch.add(Receipt.MAX_RECEIPT_BYTES);
    assertEquals(2 + 16 + Receipt.MAX_RECEIPT_BYTES, batch.start(1));
  }

  /** Fills a batch, and empties it. */
  private static int memoryAfter(EntryBatch batch, int atLeast) {
    while (batch.start(batch.count()) < atLeast) {
      batch.add(batch.write(saying("x".repeat(30_000))));
    }
    batch.clear();
    assertTrue(batch.isEmpty());
    return batch.array().length;
  }

  @Test
  void memory_is_kept_as_long_as_batches_need_it() {
    EntryBatch batch = new EntryBatch();
    int first = batch.array().length;
    int rush = memoryAfter(batch, 3 << 20);
    assertTrue(rush > EntryBatch.MAX_KEPT_BATCH_BYTES, "bytes: " + rush);
    assertEquals(rush, memoryAfter(batch, 3 << 20));
    assertEquals(rush, memoryAfter(batch, 1));
    assertEquals(rush, memoryAfter(batch, 3 << 20));
    int small = 0;
    while (memoryAfter(batch, 1) == rush) {
      small++;
    }
    assertTrue(small > 10, "small batches until memory is let go: " + small);
    assertEquals(first, batch.array().length);
    memoryAfter(batch, 3 << 20);
    batch.rest();
    assertEquals(first, batch.array().length);
    int calm = memoryAfter(batch, 1 << 19);
    assertTrue(calm > first, "bytes: " + calm);
    batch.rest();
    assertEquals(calm, memoryAfter(batch, 1));
  }
}
