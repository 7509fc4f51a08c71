package dev.limpet.node.store;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.ipld.DagStat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a DAG is whole without reading its leaves: that a raw block is here is in the
 * store's index, so a file of a GiB costs a handful of reads.
 */
final class DagCheck {
  private DagCheck() {}

  /**
   * Walks a DAG.
   *
   * @param visitor gets each CID before it is looked for; identity CIDs are left out
   * @throws ContentLimitException when it is larger or deeper than the standard limits
   * @throws dev.limpet.content.block.MalformedBlockException when a block does not parse
   */
  static DagStat of(BlockSource blocks, Cid root, Consumer<Cid> visitor) {
    return of(blocks, root, DagLimits.standard(), visitor);
  }

  /** The same, as far as the limits say. */
  static DagStat of(BlockSource blocks, Cid root, DagLimits limits, Consumer<Cid> visitor) {
    return Dag.stat(new Visited(blocks, visitor), root, limits);
  }

  /** Whether every block below a root is here. */
  static boolean isComplete(BlockSource blocks, Cid root) {
    return of(blocks, root, _ -> {}).firstMissing() == null;
  }

  private record Visited(BlockSource blocks, Consumer<Cid> visitor) implements BlockSource {
    @Override
    public byte @Nullable [] get(Cid cid) {
      tell(cid);
      return blocks.get(cid);
    }

    @Override
    public long sizeOf(Cid cid) {
      tell(cid);
      return blocks.sizeOf(cid);
    }

    private void tell(Cid cid) {
      if (!cid.isIdentity()) {
        visitor.accept(cid);
      }
    }
  }
}
