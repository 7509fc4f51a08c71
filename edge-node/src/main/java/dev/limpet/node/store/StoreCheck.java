package dev.limpet.node.store;

import dev.limpet.content.cid.Cid;
import java.util.List;

/**
 * What came of reading and hashing every block of a store.
 *
 * @param blocks how many are well
 * @param bytes how long those are together
 * @param damaged blocks that do not hash, or cannot be read, and count as missing from then on; as
 *     raw CIDs
 * @param repaired blocks that were damaged on the disk and written anew from another copy that was
 *     here, such as one in memory; as raw CIDs
 * @param partial roots of pinned DAGs that lack blocks, or are damaged
 */
public record StoreCheck(
    long blocks, long bytes, List<Cid> damaged, List<Cid> repaired, List<Cid> partial) {
  /** Damaged blocks that are named. */
  public static final int MAX_NAMED_BLOCKS = 1000;

  /** Whether nothing is wrong any more. */
  public boolean isGreen() {
    return damaged.isEmpty() && partial.isEmpty();
  }
}
