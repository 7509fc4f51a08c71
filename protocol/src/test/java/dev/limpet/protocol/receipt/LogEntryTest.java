package dev.limpet.protocol.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Entries of a log. */
class LogEntryTest {
  private final PeerId node = NodeIdentity.generate().peerId();

  @Test
  void an_entry_is_a_receipt_or_a_gap() {
    Receipt receipt = ReceiptSamples.receipt(node);
    assertEquals(receipt, LogEntry.decode(receipt.encode()));
    for (Long lost : new Long[] {null, 7L}) {
      LogGap gap = new LogGap(node, Instant.EPOCH, Instant.EPOCH.plusSeconds(1), lost);
      assertEquals(gap, LogEntry.decode(gap.encode()));
    }
  }

  @Test
  void whatever_else_it_says_is_refused() {
    byte[] gap = new LogGap(node, Instant.EPOCH, Instant.EPOCH, null).encode();
    byte[] receipt = ReceiptSamples.receipt(node).encode();
    byte[] large = Arrays.copyOf(receipt, Receipt.MAX_RECEIPT_BYTES + 1);
    for (byte[] bytes :
        new byte[][] {
          {}, {0}, large, Arrays.copyOf(gap, gap.length - 1), Arrays.copyOf(receipt, gap.length)
        }) {
      assertThrows(IllegalArgumentException.class, () -> LogEntry.decode(bytes));
    }
  }
}
