package dev.limpet.node.store;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.ipld.DagStat;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Finds out whether a DAG is whole without reading its leaves: that a raw block is here is in the
 * store's index, so a file of a GiB costs a handful of reads. Stops at the first block missing.
 */
final class DagCheck {
  private final LocalBlocks blocks;
  private final Set<Multihash> seen = new HashSet<>();
  private final Deque<Iterator<Cid>> path = new ArrayDeque<>();
  private long count;
  private long bytes;

  private DagCheck(LocalBlocks blocks) {
    this.blocks = blocks;
  }

  /**
   * What is here, and the blocks that belong to it.
   *
   * @param stat as {@link Dag#stat} would count, up to the first block missing
   * @param blocks of the DAG that were seen
   */
  record Result(DagStat stat, Set<Multihash> blocks) {}

  /**
   * Walks a DAG.
   *
   * @throws ContentLimitException when it is larger or deeper than the standard limits
   * @throws dev.limpet.content.block.MalformedBlockException when a block does not parse
   */
  static Result of(LocalBlocks blocks, Cid root) {
    DagCheck check = new DagCheck(blocks);
    return new Result(check.walk(root), check.seen);
  }

  private DagStat walk(Cid root) {
    if (!enter(root)) {
      return new DagStat(count, bytes, root);
    }
    while (!path.isEmpty()) {
      Iterator<Cid> children = path.getLast();
      if (!children.hasNext()) {
        path.removeLast();
        continue;
      }
      Cid child = children.next();
      if (!enter(child)) {
        return new DagStat(count, bytes, child);
      }
    }
    return new DagStat(count, bytes, null);
  }

  /** Whether the block is here. */
  private boolean enter(Cid cid) {
    if (!seen.add(cid.multihash())) {
      return true;
    }
    DagLimits limits = DagLimits.standard();
    if (seen.size() > limits.blocks() || path.size() >= limits.depth()) {
      throw new ContentLimitException(
          "the DAG has more than " + limits.blocks() + " blocks or " + limits.depth() + " levels");
    }
    if (cid.codec() == Multicodec.RAW) {
      return counted(blocks.sizeOf(cid));
    }
    byte[] block = blocks.get(cid);
    if (block == null) {
      return false;
    }
    List<Cid> links = Dag.links(cid, block);
    if (!links.isEmpty()) {
      path.addLast(links.iterator());
    }
    return counted(block.length);
  }

  private boolean counted(long size) {
    if (size >= 0) {
      count++;
      bytes += size;
    }
    return size >= 0;
  }
}
