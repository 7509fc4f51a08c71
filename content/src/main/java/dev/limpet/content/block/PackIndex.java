package dev.limpet.content.block;

import dev.limpet.content.cid.Multihash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where blocks of a {@link PackBlockstore} are that no index file lists yet: key ({@link
 * Multihash#key}, here called digest, which it is of SHA2-256) to segment, offset and length, in
 * about 50 bytes a block.
 *
 * <p>Entries lie densely in pages, in no order: the whole digest as four longs, the place as one,
 * the lengths as an int (44 bytes). A table of ints with linear probing says which entry a digest
 * has; it is at most two thirds full (6 to 12 bytes a block). Pages make growing cheap: no big
 * array is ever copied, except the table. Removing moves the last entry into the hole and closes
 * the gap in the table, so neither ever fills with graves.
 *
 * <p>Digests are chosen by others, who could choose them to fall into one corner of the table; the
 * place in the table therefore depends on a secret of this process.
 *
 * <p>All methods may be called from any thread.
 */
final class PackIndex {
  /** What fits the index arithmetic of the table; some 25 GB of memory before that. */
  static final int MAX_BLOCKS = 1 << 29;

  /** Lengths are packed into one int: 24 bits for the block, 8 for what precedes it. */
  private static final int LENGTH_BITS = 24;

  private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

  /** The place is packed into one long: the segment above, the offset below. */
  private static final int OFFSET_BITS = 32;

  private static final int DIGEST_LONGS = 4;
  private static final int ENTRY_LONGS = DIGEST_LONGS + 1;
  private static final int PAGE_BITS = 12;
  private static final int PAGE_ENTRIES = 1 << PAGE_BITS;
  private static final int SMALLEST_TABLE = 1 << 6;
  private static final long ODD_MIXER = 0x9E3779B97F4A7C15L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /**
   * Where a block is.
   *
   * @param segment number of the segment
   * @param offset where the block's bytes start in the segment
   * @param prefix how many bytes of the section (length and CID) precede the block's bytes
   * @param length number of the block's bytes
   * @param derived whether its key is another than its digest; nothing has such a key as its
   *     SHA2-256
   */
  record Place(int segment, int offset, int prefix, int length, boolean derived) {
    private static final int DERIVED = 0x80;

    /** Of an entry whose prefix is packed. */
    static Place unpacked(int segment, int offset, int packedPrefix, int length) {
      boolean derived = (packedPrefix & DERIVED) != 0;
      return new Place(segment, offset, packedPrefix & ~DERIVED, length, derived);
    }

    /** Prefix and whether the key is derived, in eight bits. */
    int packedPrefix() {
      return prefix | (derived ? DERIVED : 0);
    }

    /** Whether a block with this hash may be here, and not only one that has its digest as key. */
    boolean fits(Multihash hash) {
      return derived != hash.isKey();
    }

    int sectionStart() {
      return offset - prefix;
    }

    int sectionLength() {
      return prefix + length;
    }
  }

  /** A digest and where its block is. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; handed over once.
  record Entry(byte[] digest, Place place) {}

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final long secret = new SecureRandom().nextLong();
  private final List<long[]> longPages = new ArrayList<>();
  private final List<int[]> intPages = new ArrayList<>();
  private int[] table = new int[SMALLEST_TABLE]; // entry number + 1; 0 is empty
  private int size;

  int size() {
    return locked(lock.readLock(), () -> size);
  }

  @Nullable Place find(byte[] digest) {
    Lock reading = lock.readLock();
    reading.lock();
    try {
      int entry = table[slotOf(digest)] - 1;
      return entry < 0 ? null : place(entry);
    } finally {
      reading.unlock();
    }
  }

  /** Puts or moves a block; answers where it was before. */
  @Nullable Place put(byte[] digest, Place place) {
    Lock writing = lock.writeLock();
    writing.lock();
    try {
      int slot = slotOf(digest);
      int entry = table[slot] - 1;
      if (entry >= 0) {
        Place before = place(entry);
        setPlace(entry, place);
        return before;
      }
      if (size == MAX_BLOCKS) {
        throw new ContentLimitException("the store holds " + MAX_BLOCKS + " blocks, its most");
      }
      append(digest, place);
      table[slot] = size;
      if (size > table.length / 3 * 2) {
        grow();
      }
      return null;
    } finally {
      writing.unlock();
    }
  }

  /** Forgets a block if it is still where the caller saw it; answers whether it was. */
  boolean remove(byte[] digest, Place expected) {
    Lock writing = lock.writeLock();
    writing.lock();
    try {
      int slot = slotOf(digest);
      int entry = table[slot] - 1;
      if (entry < 0 || !place(entry).equals(expected)) {
        return false;
      }
      closeGap(slot);
      moveLastTo(entry);
      return true;
    } finally {
      writing.unlock();
    }
  }

  /** All blocks of a segment, in the order of their offsets. */
  List<Entry> ofSegment(int segment) {
    List<Entry> found = new ArrayList<>();
    Lock reading = lock.readLock();
    reading.lock();
    try {
      for (int entry = 0; entry < size; entry++) {
        if ((int) (packedPlace(entry) >>> OFFSET_BITS) == segment) {
          found.add(new Entry(digest(entry), place(entry)));
        }
      }
    } finally {
      reading.unlock();
    }
    found.sort((a, b) -> Integer.compare(a.place().offset(), b.place().offset()));
    return found;
  }

  /** What the index holds of the heap, in bytes, less a few object heads. */
  long memoryBytes() {
    return locked(
        lock.readLock(),
        () ->
            (long) table.length * Integer.BYTES
                + (long) longPages.size() * PAGE_ENTRIES * ENTRY_LONGS * Long.BYTES
                + (long) intPages.size() * PAGE_ENTRIES * Integer.BYTES);
  }

  private static <T> T locked(Lock lock, Supplier<T> read) {
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }

  // ---- the table ----

  /** The slot that holds the digest, or the empty one where it belongs. */
  private int slotOf(byte[] digest) {
    int slot = home((long) LONGS.get(digest, 0));
    while (table[slot] != 0 && !holds(table[slot] - 1, digest)) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  /** Slot of an entry that is known to be in the table. */
  private int slotOfEntry(int entry) {
    int slot = home(longPages.get(entry >> PAGE_BITS)[longIndex(entry)]);
    while (table[slot] != entry + 1) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private int home(long firstLong) {
    long mixed = (firstLong ^ secret) * ODD_MIXER;
    mixed ^= mixed >>> 32;
    mixed *= ODD_MIXER;
    return (int) (mixed >>> 33) & (table.length - 1);
  }

  private void grow() {
    table = new int[Math.multiplyExact(table.length, 2)];
    for (int entry = 0; entry < size; entry++) {
      int slot = home(longPages.get(entry >> PAGE_BITS)[longIndex(entry)]);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = entry + 1;
    }
  }

  /** Empties a slot and pulls back those behind it that probing would no longer reach. */
  private void closeGap(int emptied) {
    int mask = table.length - 1;
    int gap = emptied;
    table[gap] = 0;
    for (int slot = (gap + 1) & mask; table[slot] != 0; slot = (slot + 1) & mask) {
      int entry = table[slot] - 1;
      int home = home(longPages.get(entry >> PAGE_BITS)[longIndex(entry)]);
      if (((slot - home) & mask) >= ((slot - gap) & mask)) {
        table[gap] = table[slot];
        table[slot] = 0;
        gap = slot;
      }
    }
  }

  // ---- the entries ----

  private void append(byte[] digest, Place place) {
    if (size >> PAGE_BITS == longPages.size()) {
      longPages.add(new long[PAGE_ENTRIES * ENTRY_LONGS]);
      intPages.add(new int[PAGE_ENTRIES]);
    }
    int entry = size++;
    long[] page = longPages.get(entry >> PAGE_BITS);
    int at = longIndex(entry);
    for (int i = 0; i < DIGEST_LONGS; i++) {
      page[at + i] = (long) LONGS.get(digest, i * Long.BYTES);
    }
    setPlace(entry, place);
  }

  private void moveLastTo(int hole) {
    int last = size - 1;
    if (hole != last) {
      table[slotOfEntry(last)] = hole + 1;
      long[] from = longPages.get(last >> PAGE_BITS);
      long[] to = longPages.get(hole >> PAGE_BITS);
      System.arraycopy(from, longIndex(last), to, longIndex(hole), ENTRY_LONGS);
      intPages.get(hole >> PAGE_BITS)[hole & (PAGE_ENTRIES - 1)] =
          intPages.get(last >> PAGE_BITS)[last & (PAGE_ENTRIES - 1)];
    }
    size = last;
    // One spare page stays, so that a store at the edge of a page does not allocate each time.
    int pagesNeeded = (size + PAGE_ENTRIES - 1) / PAGE_ENTRIES + 1;
    if (longPages.size() > pagesNeeded) {
      longPages.removeLast();
      intPages.removeLast();
    }
  }

  private boolean holds(int entry, byte[] digest) {
    long[] page = longPages.get(entry >> PAGE_BITS);
    int at = longIndex(entry);
    for (int i = 0; i < DIGEST_LONGS; i++) {
      if (page[at + i] != (long) LONGS.get(digest, i * Long.BYTES)) {
        return false;
      }
    }
    return true;
  }

  private byte[] digest(int entry) {
    byte[] digest = new byte[DIGEST_LONGS * Long.BYTES];
    long[] page = longPages.get(entry >> PAGE_BITS);
    for (int i = 0; i < DIGEST_LONGS; i++) {
      LONGS.set(digest, i * Long.BYTES, page[longIndex(entry) + i]);
    }
    return digest;
  }

  private long packedPlace(int entry) {
    return longPages.get(entry >> PAGE_BITS)[longIndex(entry) + DIGEST_LONGS];
  }

  private Place place(int entry) {
    long packed = packedPlace(entry);
    int lengths = intPages.get(entry >> PAGE_BITS)[entry & (PAGE_ENTRIES - 1)];
    return Place.unpacked(
        (int) (packed >>> OFFSET_BITS),
        (int) packed,
        lengths >>> LENGTH_BITS,
        lengths & LENGTH_MASK);
  }

  private void setPlace(int entry, Place place) {
    longPages.get(entry >> PAGE_BITS)[longIndex(entry) + DIGEST_LONGS] =
        (long) place.segment() << OFFSET_BITS | place.offset();
    intPages.get(entry >> PAGE_BITS)[entry & (PAGE_ENTRIES - 1)] =
        place.packedPrefix() << LENGTH_BITS | place.length();
  }

  private static int longIndex(int entry) {
    return (entry & (PAGE_ENTRIES - 1)) * ENTRY_LONGS;
  }
}
