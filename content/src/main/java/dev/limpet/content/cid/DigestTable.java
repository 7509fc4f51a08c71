package dev.limpet.content.cid;

/**
 * A set of 128-bit values in 16 bytes a slot, at most three quarters full, so that millions fit
 * into little memory. For halves of digests: they spread by themselves and need no hash of their
 * own, and to make two look like one takes some 2^64 hashes.
 *
 * <p>The lowest bit of the second half does not count. Not for use by several threads.
 */
public final class DigestTable {
  private static final int FIRST_SLOTS = 64;

  /** Two longs a slot; a slot of which the second is 0 is free. */
  private long[] table = new long[FIRST_SLOTS * 2];

  private int size;

  /** How many values are in it. */
  public int size() {
    return size;
  }

  /**
   * Adds a value.
   *
   * @param high its first 64 bits
   * @param low its second 64 bits, of which the lowest does not count
   * @return whether it was not in it before
   */
  public boolean add(long high, long low) {
    if (!insert(table, high, low | 1)) {
      return false;
    }
    size++;
    if (size > table.length / 2 / 4 * 3) {
      grow();
    }
    return true;
  }

  /** Whether the value was added. */
  public boolean contains(long high, long low) {
    return table[slot(table, high, low | 1) + 1] != 0;
  }

  /** Adds all of another table. */
  public void addAll(DigestTable other) {
    for (int i = 0; i < other.table.length; i += 2) {
      if (other.table[i + 1] != 0) {
        add(other.table[i], other.table[i + 1]);
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

  /** Where the value is, or the free slot where it belongs. */
  private static int slot(long[] slots, long high, long low) {
    int mask = slots.length - 1;
    int slot = (int) (high >>> 1) * 2 & mask;
    while (slots[slot + 1] != 0 && (slots[slot] != high || slots[slot + 1] != low)) {
      slot = slot + 2 & mask;
    }
    return slot;
  }
}
