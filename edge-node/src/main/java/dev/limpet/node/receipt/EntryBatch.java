package dev.limpet.node.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptValues;
import dev.limpet.protocol.tlog.Frontier;
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

  /** Memory that a batch keeps for the next when it has not needed more. */
  static final int MAX_KEPT_BATCH_BYTES = 1 << 20;

  /** What stands before a receipt. */
  private static final int BEFORE = Short.BYTES + ReceiptFile.NONCE_BYTES;

  /** Room in which a receipt is tried; a longer one is written twice. */
  private static final int USUAL_BYTES = 2 << 10;

  private static final int FIRST_BYTES = 16 << 10;
  private static final int FIRST_ENTRIES = 16;

  /** A batch that needed less than this part of its memory hardly needed it. */
  private static final int HARDLY = 4;

  /** Such batches one after the other, more than a minute of them, and the rush is over. */
  private static final int CALM = 1000;

  private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);
  private int[] starts = new int[FIRST_ENTRIES];
  private @Nullable Cid[] receipts = new Cid[FIRST_ENTRIES];
  private int count;
  private int calm;

  /** Where the last entry ends: one that was not added is written over. */
  private int end;

  /**
   * Writes a receipt behind the entries, where it is none of them yet: {@link #add(int)} makes it
   * one, and whatever is written next takes its place otherwise.
   *
   * @return bytes of the receipt; when these are more than one may have, nothing that can be added
   */
  int write(ReceiptValues receipt) {
    int at = begin(USUAL_BYTES);
    int length = receipt.write(bytes);
    if (length > bytes.capacity() - at - BEFORE && length <= Receipt.MAX_RECEIPT_BYTES) {
      begin(length);
      receipt.write(bytes);
    }
    return length;
  }

  /** Adds the receipt that was written; its CID. */
  Cid add(int length) {
    int at = end + BEFORE;
    Cid cid = Receipt.cidOf(bytes.array(), at, length);
    receipts[count] = cid;
    whole(length);
    return cid;
  }

  /** Adds what nobody looks for. */
  void add(byte[] said) {
    begin(said.length);
    bytes.put(said);
    receipts[count] = null;
    whole(said.length);
  }

  private void whole(int length) {
    bytes.putShort(end, (short) (ReceiptFile.NONCE_BYTES + length));
    starts[count] = end;
    end += BEFORE + length;
    count++;
  }

  /** Makes room for an entry, and stands where its receipt begins; where the entry does. */
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
    bytes.position(at + BEFORE);
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

  /** Has a tree grow by the leaf that an entry is. */
  void addLeaf(int entry, Frontier tree) {
    int at = starts[entry] + Short.BYTES;
    tree.add(bytes.array(), at, start(entry + 1) - at);
  }

  boolean contains(Cid receipt) {
    for (int i = 0; i < count; i++) {
      if (receipt.equals(receipts[i])) {
        return true;
      }
    }
    return false;
  }

  /** Empties it; memory of which hardly anything was needed for a while is let go. */
  void clear() {
    calm = end < bytes.capacity() / HARDLY ? calm + 1 : 0;
    if (calm == CALM) {
      rest();
    }
    bytes.clear();
    Arrays.fill(receipts, null);
    count = 0;
    end = 0;
  }

  /** Lets go of memory that only a rush needed; of an empty batch, or one that is being emptied. */
  void rest() {
    calm = 0;
    if (bytes.capacity() > MAX_KEPT_BATCH_BYTES) {
      bytes = ByteBuffer.allocate(FIRST_BYTES);
      starts = new int[FIRST_ENTRIES];
      receipts = new Cid[FIRST_ENTRIES];
    }
  }
}
