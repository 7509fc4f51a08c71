package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;

/**
 * Blocks that become one method: all that stand below the first of them in the tree of dominators,
 * but for what other regions have. So a method begins at its entry and nowhere else.
 *
 * @param entry the first block that runs
 * @param blocks its blocks and the entries of regions that it calls, in the order in which they
 *     stand
 * @param inputs variables whose values it needs, but for those that every part gets
 * @param changed variables that it changes, what it calls included
 * @param exits blocks of others that come after it, each with the changed variables that are needed
 *     there
 * @param returns whether the whole function may return in it
 */
record Region(
    int entry,
    List<Integer> blocks,
    List<Integer> inputs,
    BitSet changed,
    SortedMap<Integer, List<Integer>> exits,
    boolean returns) {

  /** In how many ways it may end, other than by a trap. */
  int ways() {
    return exits.size() + (returns ? 1 : 0);
  }

  /** Whether its method must say how it has ended. */
  boolean tells() {
    return ways() > 1;
  }

  /** What its method says when it ends at that block. */
  int way(int exit) {
    return exits.headMap(exit).size();
  }

  /** What its method says when the whole function returns. */
  int wayOfReturn() {
    return exits.size();
  }

  /** The blocks where it ends, in the order of what its method says. */
  List<Integer> targets() {
    return new ArrayList<>(exits.keySet());
  }
}
