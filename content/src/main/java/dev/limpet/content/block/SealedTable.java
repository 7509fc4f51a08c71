package dev.limpet.content.block;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which sealed segments may hold a block, in about eight bytes a block: for each block 32 bits of a
 * hash of its digest, and a number of 16 bits for the segment. What it says is a hint; the index
 * file of the segment says whether it is true, and one hint in some hundred is not when there are
 * ten million blocks.
 *
 * <p>The hashes lie in shards, each with linear probing, at most 85 percent full, and each grows by
 * a quarter; so growing never needs much room beside what there is. A shard may have any size: the
 * slot where a hash belongs is its share of the whole range.
 *
 * <p>Digests are chosen by others; the hash depends on a secret of this process. All methods may be
 * called from any thread.
 */
final class SealedTable {
  /** What 16 bits can tell apart; 16 TiB in segments of the usual size. */
  static final int MAX_SEALED_SEGMENTS = (1 << 16) - 2;

  private static final int SHARD_BITS = 7;
  private static final int SMALLEST_SHARD = 16;
  private static final int FULL_PERCENT = 85;
  private static final long ODD_MIXER = 0x9E3779B97F4A7C15L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final long secret = new SecureRandom().nextLong();
  private final Shard[] shards = new Shard[1 << SHARD_BITS];

  /** Segment by its short number, -1 where none is; replaced as a whole, for its readers. */
  private volatile int[] segments = {-1};

  private final Map<Integer, Character> shortNumbers = new HashMap<>();

  SealedTable() {
    Arrays.setAll(shards, i -> new Shard());
  }

  /** Says that a segment holds a block. */
  void add(byte[] digest, int segment) {
    long hash = hash(digest);
    shardOf(hash).add((int) (hash >>> 32), shortNumber(segment));
  }

  /** Takes one such hint back. */
  void remove(byte[] digest, int segment) {
    char number = knownNumber(segment);
    if (number != 0) {
      long hash = hash(digest);
      shardOf(hash).remove((int) (hash >>> 32), number);
    }
  }

  /**
   * The newest segment older than another that may hold a block.
   *
   * @return its number, or -1 when there is none
   */
  int newestBelow(byte[] digest, long other) {
    long hash = hash(digest);
    return shardOf(hash).newestBelow((int) (hash >>> 32), other);
  }

  /** Whether the table can learn of one more segment. */
  synchronized boolean hasRoom() {
    return shortNumbers.size() < MAX_SEALED_SEGMENTS;
  }

  /** Forgets a segment, of which all hints were taken back. */
  synchronized void forget(int segment) {
    Character number = shortNumbers.remove(segment);
    if (number != null) {
      int[] changed = segments.clone();
      changed[number] = -1;
      segments = changed;
    }
  }

  private synchronized char knownNumber(int segment) {
    return shortNumbers.getOrDefault(segment, (char) 0);
  }

  private synchronized char shortNumber(int segment) {
    Character known = shortNumbers.get(segment);
    if (known != null) {
      return known;
    }
    if (!hasRoom()) {
      throw new ContentLimitException(
          "the store has " + MAX_SEALED_SEGMENTS + " segments, its most");
    }
    int free = 1;
    while (free < segments.length && segments[free] >= 0) {
      free++;
    }
    int[] changed = Arrays.copyOf(segments, Math.max(segments.length, free + 1));
    changed[free] = segment;
    segments = changed;
    shortNumbers.put(segment, (char) free);
    return (char) free;
  }

  private long hash(byte[] digest) {
    long mixed = ((long) LONGS.get(digest, 0) ^ secret) * ODD_MIXER;
    mixed ^= mixed >>> 32;
    mixed *= ODD_MIXER;
    return mixed ^ mixed >>> 29;
  }

  private Shard shardOf(long hash) {
    return shards[(int) hash & (shards.length - 1)];
  }

  /** What the table holds of the heap, in bytes, less some object heads. */
  long memoryBytes() {
    return Arrays.stream(shards).mapToLong(Shard::memoryBytes).sum();
  }

  /** Some of the hashes. */
  private final class Shard {
    private int[] hashes = new int[SMALLEST_SHARD];
    private char[] numbers = new char[SMALLEST_SHARD]; // 0 is a free slot
    private int size;

    synchronized void add(int hash, char number) {
      if ((size + 1L) * 100 > (long) hashes.length * FULL_PERCENT) {
        grow();
      }
      insert(hash, number);
      size++;
    }

    synchronized void remove(int hash, char number) {
      for (int slot = home(hash); numbers[slot] != 0; slot = next(slot)) {
        if (hashes[slot] == hash && numbers[slot] == number) {
          closeGap(slot);
          size--;
          return;
        }
      }
    }

    synchronized int newestBelow(int hash, long other) {
      int newest = -1;
      int[] known = segments;
      for (int slot = home(hash); numbers[slot] != 0; slot = next(slot)) {
        if (hashes[slot] == hash && numbers[slot] < known.length) {
          int segment = known[numbers[slot]];
          newest = segment < other ? Math.max(newest, segment) : newest;
        }
      }
      return newest;
    }

    synchronized long memoryBytes() {
      return (long) hashes.length * (Integer.BYTES + Character.BYTES);
    }

    private void grow() {
      int[] oldHashes = hashes;
      char[] oldNumbers = numbers;
      int slots = Math.addExact(oldHashes.length, oldHashes.length / 4);
      hashes = new int[slots];
      numbers = new char[slots];
      for (int slot = 0; slot < oldHashes.length; slot++) {
        if (oldNumbers[slot] != 0) {
          insert(oldHashes[slot], oldNumbers[slot]);
        }
      }
    }

    private void insert(int hash, char number) {
      int slot = home(hash);
      while (numbers[slot] != 0) {
        slot = next(slot);
      }
      hashes[slot] = hash;
      numbers[slot] = number;
    }

    /** Empties a slot and pulls back those behind it that probing would no longer reach. */
    private void closeGap(int emptied) {
      int gap = emptied;
      numbers[gap] = 0;
      for (int slot = next(gap); numbers[slot] != 0; slot = next(slot)) {
        int home = home(hashes[slot]);
        if (distance(home, slot) >= distance(gap, slot)) {
          hashes[gap] = hashes[slot];
          numbers[gap] = numbers[slot];
          numbers[slot] = 0;
          gap = slot;
        }
      }
    }

    private int distance(int from, int to) {
      return to >= from ? to - from : to - from + hashes.length;
    }

    private int next(int slot) {
      return slot + 1 == hashes.length ? 0 : slot + 1;
    }

    private int home(int hash) {
      return (int) (((hash & 0xffffffffL) * hashes.length) >>> 32);
    }
  }
}
