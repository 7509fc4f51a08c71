package dev.limpet.node.store;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.Pin;
import dev.limpet.content.cid.Cid;
import java.util.List;

/**
 * What came of reading and hashing every block of a store.
 *
 * @param blocks how many are well
 * @param bytes how long those are together
 * @param damaged blocks that do not hash, or cannot be read; as raw CIDs
 * @param partial roots of pinned DAGs that lack blocks, or are damaged
 */
public record StoreCheck(long blocks, long bytes, List<Cid> damaged, List<Cid> partial) {
  /** Damaged blocks that are named; more are only counted. */
  public static final int MAX_NAMED_BLOCKS = 1000;

  /** Whether nothing is wrong. */
  public boolean isGreen() {
    return damaged.isEmpty() && partial.isEmpty();
  }

  static boolean isWhole(LocalBlocks blocks, Pin pin) {
    try {
      return switch (pin.kind()) {
        case DIRECT -> blocks.get(pin.root()) != null;
        case RECURSIVE -> DagCheck.isComplete(blocks, pin.root());
      };
    } catch (ContentException e) {
      return false;
    }
  }
}
