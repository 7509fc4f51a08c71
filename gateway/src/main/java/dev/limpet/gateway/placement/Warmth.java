package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import java.util.Arrays;

/**
 * Which functions a node has ready, or compiles, as far as the gateway saw it since it joined: a
 * call waits the shortest there, and no second node compiles the same. A table of hashes in which a
 * later function takes the place of an earlier one; it is wrong now and then, as is every guess
 * about somebody else's cache.
 */
final class Warmth {
  /** Functions that are remembered of one node: 272 bytes for each of 10 000 nodes. */
  static final int MAX_WARM_FUNCTIONS = 64;

  private final int[] hashes = new int[MAX_WARM_FUNCTIONS]; // what is seen late does no harm

  /** The node has the function now. */
  void add(Cid function) {
    int hash = hash(function);
    int at = hash & (MAX_WARM_FUNCTIONS - 1);
    if (hashes[at] != hash) {
      hashes[at] = hash;
    }
  }

  /** The node does not get the function that it was thought to have soon. */
  void remove(Cid function) {
    int hash = hash(function);
    int at = hash & (MAX_WARM_FUNCTIONS - 1);
    if (hashes[at] == hash) {
      hashes[at] = 0;
    }
  }

  /** Whether the function with this {@link #hash} is there. */
  boolean has(int hash) {
    return hashes[hash & (MAX_WARM_FUNCTIONS - 1)] == hash;
  }

  /** The node is another process now. */
  void clear() {
    Arrays.fill(hashes, 0);
  }

  /** What stands for a function; never 0, which stands for none. */
  static int hash(Cid function) {
    int hash = function.hashCode();
    hash ^= hash >>> 16;
    return hash == 0 ? 1 : hash;
  }
}
