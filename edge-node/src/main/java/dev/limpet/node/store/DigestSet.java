package dev.limpet.node.store;

import dev.limpet.content.cid.Cid;
import java.nio.ByteBuffer;

/**
 * A set of blocks in 16 bytes a slot, at most three quarters full, so that the millions of a large
 * store fit into little memory. A block is known by the first half of its SHA-256; to make two look
 * like one takes some 2^64 hashes, and then one is kept longer than needed.
 *
 * <p>Not for use by several threads.
 */
final class DigestSet {
  private static final int FIRST_SLOTS = 64;

  /** Two longs a slot; a slot of which the second is 0 is free. */
  private long[] table = new long[FIRST_SLOTS * 2];

  private int size;

  int size() {
    return size;
  }

  /** Returns whether the block was not in it before; identity CIDs never are. */
  boolean add(Cid cid) {
    return !cid.isIdentity() && add(cid.multihash().digest());
  }

  /** Returns whether the digest was not in it before. */
  boolean add(byte[] digest) {
    ByteBuffer bytes = ByteBuffer.wrap(digest);
    if (!insert(table, bytes.getLong(), bytes.getLong() | 1)) {
      return false;
    }
    size++;
    if (size > table.length / 2 / 4 * 3) {
      grow();
    }
    return true;
  }

  boolean contains(byte[] digest) {
    ByteBuffer bytes = ByteBuffer.wrap(digest);
    long high = bytes.getLong();
    long low = bytes.getLong() | 1;
    return table[slot(table, high, low) + 1] != 0;
  }

  /** Adds all of another set. */
  void addAll(DigestSet other) {
    for (int i = 0; i < other.table.length; i += 2) {
      if (other.table[i + 1] != 0 && insert(table, other.table[i], other.table[i + 1])) {
        size++;
        if (size > table.length / 2 / 4 * 3) {
          grow();
        }
      }
    }
  }

  private void grow() {
    long[] larger = new long[table.length * 2];
    for (int i = 0; i < table.length; i += 2) {
      if (table[i + 1] != 0) {
        insert(larger, table[i], table[i + 1]);
      }
    }
    table = larger;
  }

  private static boolean insert(long[] slots, long high, long low) {
    int slot = slot(slots, high, low);
    if (slots[slot + 1] != 0) {
      return false;
    }
    slots[slot] = high;
    slots[slot + 1] = low;
    return true;
  }

  /** Where the entry is, or the free slot where it belongs. */
  private static int slot(long[] slots, long high, long low) {
    int mask = slots.length - 1;
    int slot = (int) (high >>> 1) * 2 & mask;
    while (slots[slot + 1] != 0 && (slots[slot] != high || slots[slot + 1] != low)) {
      slot = slot + 2 & mask;
    }
    return slot;
  }
}
