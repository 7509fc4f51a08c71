package dev.limpet.node.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.tlog.TreeHash;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Entries on their way into the log, one behind the other as its files have them: two bytes of
 * length, the nonce, the receipt. Receipts are written here by those who end Executions and go from
 * here to the disk, so that one takes no object of its own. A batch is used again, so its memory
 * too. Not for several threads at once.
 */
final class EntryBatch {
  /** Largest entry, whose length has two bytes. */
  static final int MAX_ENTRY_BYTES = 0xffff;

  /** Memory that a batch keeps when it is used again. */
  static final int MAX_KEPT_BATCH_BYTES = 1 << 20;

  /** What stands before a receipt. */
  private static final int BEFORE = Short.BYTES + ReceiptFile.NONCE_BYTES;

  private static final int FIRST_BYTES = 16 << 10;
  private static final int FIRST_ENTRIES = 16;

  private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);
  private int[] starts = new int[FIRST_ENTRIES];
  private @Nullable Cid[] receipts = new Cid[FIRST_ENTRIES];
  private int count;

  /** Where the last whole entry ends: one that could not be written is written over. */
  private int end;

  /** Adds a receipt; its CID. */
  Cid add(Receipt receipt, int encodedLength) {
    int at = begin(encodedLength);
    receipt.write(bytes);
    Cid cid = Receipt.cidOf(bytes.array(), at + BEFORE, encodedLength);
    receipts[count] = cid;
    whole();
    return cid;
  }

  /** Adds what nobody looks for. */
  void add(byte[] said) {
    begin(said.length);
    bytes.put(said);
    whole();
  }

  private void whole() {
    end = bytes.position();
    count++;
  }

  /** Makes room, and writes what stands before an entry but its nonce; where that is. */
  private int begin(int length) {
    int entry = ReceiptFile.NONCE_BYTES + length;
    if (entry > MAX_ENTRY_BYTES) {
      throw new IllegalArgumentException("an entry has " + entry + " bytes");
    }
    int at = end;
    if (bytes.capacity() - at < BEFORE + length) {
      byte[] more =
          Arrays.copyOf(bytes.array(), Math.max(bytes.capacity() * 2, at + BEFORE + length));
      bytes = ByteBuffer.wrap(more);
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      receipts = Arrays.copyOf(receipts, count * 2);
    }
    starts[count] = at;
    receipts[count] = null;
    bytes.position(at).putShort((short) entry).position(at + BEFORE);
    return at;
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Where an entry begins, with its length; that behind the last is where all end. */
  int start(int entry) {
    return entry == count ? end : starts[entry];
  }

  /** All entries, in an array that may be longer. */
  byte[] array() {
    return bytes.array();
  }

  /** The CID of the receipt in an entry, or null when it has none. */
  @Nullable Cid receipt(int entry) {
    return receipts[entry];
  }

  /** Gives an entry its nonce: as many bytes of the source as that has. */
  void salt(int entry, byte[] source, int offset) {
    System.arraycopy(
        source, offset, bytes.array(), starts[entry] + Short.BYTES, ReceiptFile.NONCE_BYTES);
  }

  /** The hash of the leaf that an entry is. */
  TreeHash leaf(int entry) {
    int at = starts[entry] + Short.BYTES;
    return TreeHash.leaf(bytes.array(), at, start(entry + 1) - at);
  }

  boolean contains(Cid receipt) {
    for (int i = 0; i < count; i++) {
      if (receipt.equals(receipts[i])) {
        return true;
      }
    }
    return false;
  }

  /** Empties it, and lets go of memory that only a rush needed. */
  void clear() {
    if (bytes.capacity() > MAX_KEPT_BATCH_BYTES) {
      bytes = ByteBuffer.allocate(FIRST_BYTES);
      starts = new int[FIRST_ENTRIES];
      receipts = new Cid[FIRST_ENTRIES];
    }
    bytes.clear();
    Arrays.fill(receipts, null);
    count = 0;
    end = 0;
  }
}
