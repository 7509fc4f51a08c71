package dev.limpet.content.ipld;

import dev.limpet.content.cid.Cid;
import java.nio.ByteBuffer;

/**
 * The blocks that a walk has seen: an open-addressing table of 128 bits a block, so that millions
 * fit into little memory (16 bytes a slot, at most three quarters full).
 *
 * <p>A block is known by the first half of its SHA-256 mixed with its codec. The codec counts
 * because the same bytes have links as dag-pb and none as raw: whoever links them first as raw must
 * not hide what lies below them. To make two blocks look like one takes some 2^64 hashes. Identity
 * CIDs are never counted as seen: each is at most 128 bytes, holds only shorter ones, and so cannot
 * go on for long.
 */
final class SeenBlocks {
  private static final int FIRST_SLOTS = 64;
  private static final long ODD = 0x9e3779b97f4a7c15L;

  /** Two longs a slot; a slot of which the second is 0 is free. */
  private long[] table = new long[FIRST_SLOTS * 2];

  private int size;

  int size() {
    return size;
  }

  /** Returns whether the block was not seen before. */
  boolean add(Cid cid) {
    if (cid.isIdentity()) {
      return true;
    }
    ByteBuffer digest = ByteBuffer.wrap(cid.multihash().digest());
    long high = digest.getLong() ^ cid.codec() * ODD;
    long low = digest.getLong() | 1;
    if (!insert(table, high, low)) {
      return false;
    }
    size++;
    if (size > table.length / 2 / 4 * 3) {
      grow();
    }
    return true;
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
    int mask = slots.length - 1;
    int slot = (int) (high >>> 1) * 2 & mask;
    while (slots[slot + 1] != 0) {
      if (slots[slot] == high && slots[slot + 1] == low) {
        return false;
      }
      slot = slot + 2 & mask;
    }
    slots[slot] = high;
    slots[slot + 1] = low;
    return true;
  }
}
