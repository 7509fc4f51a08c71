package dev.limpet.content.block;

import dev.limpet.content.cid.Multihash;

/**
 * Which blocks were read lately, as far as a small table knows: one place for each of many hashes,
 * which has the last of them. It forgets, and takes one block for another once in some billion
 * times; threads may overwrite what others wrote. That is enough to tell what is read again and
 * again from what is read once.
 */
final class RecentBlocks {
  private static final int BYTES_OF_A_SMALL_BLOCK = 4096;
  private static final int MIN_PLACES = 1 << 10;
  private static final int MAX_PLACES = 1 << 16;

  private final int[] last;

  /**
   * With some two places for each small block that a cache can have.
   *
   * @param cacheBytes what it holds; at least 0
   */
  RecentBlocks(long cacheBytes) {
    long wanted = Math.clamp(cacheBytes / BYTES_OF_A_SMALL_BLOCK, MIN_PLACES, MAX_PLACES);
    last = new int[Math.toIntExact(Long.highestOneBit(wanted)) * 2];
  }

  /** Whether it was read lately; from now on it was. */
  boolean knew(Multihash hash) {
    int code = hash.hashCode() | 1; // an empty place has 0
    int place = (code * 0x9E3779B1) >>> Integer.numberOfLeadingZeros(last.length - 1);
    boolean known = last[place] == code;
    last[place] = code;
    return known;
  }
}
