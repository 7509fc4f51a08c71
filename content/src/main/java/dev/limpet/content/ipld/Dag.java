package dev.limpet.content.ipld;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Walks DAGs of raw, dag-pb and dag-cbor blocks: depth first, each block where first seen. */
public final class Dag {
  private Dag() {}

  /** Gets each block of a walk. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * A block that is seen for the first time.
     *
     * @param cid its CID, as the link above names it
     * @param bytes its bytes, not to be modified
     */
    void visit(Cid cid, byte[] bytes);
  }

  /** Decides on a missing block. */
  @FunctionalInterface
  private interface Missing {
    void report(Cid cid);
  }

  /**
   * The links of a block, in its order, repeated ones included.
   *
   * @param cid decides the codec
   * @param bytes the block
   * @return the links; none for a raw block
   * @throws MalformedBlockException when the block does not parse or its codec is not known
   */
  public static List<Cid> links(Cid cid, byte[] bytes) {
    if (cid.codec() == Multicodec.RAW) {
      return List.of();
    }
    if (cid.codec() == Multicodec.DAG_PB) {
      return DagPb.decode(bytes).links().stream().map(PbLink::cid).toList();
    }
    if (cid.codec() == Multicodec.DAG_CBOR) {
      return DagCbor.links(bytes);
    }
    throw new MalformedBlockException(
        cid
            + " has the codec 0x"
            + Long.toHexString(cid.codec())
            + "; raw, dag-pb and dag-cbor are known");
  }

  /**
   * Visits every block below a root, the root first.
   *
   * @param blocks holds the DAG
   * @param root where to begin
   * @param limits how far to go
   * @param visitor gets each block
   * @throws BlockNotFoundException when a block is missing
   * @throws ContentLimitException when the DAG is larger or deeper than the limits
   */
  public static void walk(BlockSource blocks, Cid root, DagLimits limits, Visitor visitor) {
    walk(
        new Walk(blocks, limits, visitor),
        root,
        cid -> {
          throw new BlockNotFoundException(cid);
        });
  }

  /**
   * Counts what is there; goes on beside what is missing.
   *
   * @param blocks may hold the DAG
   * @param root where to begin
   * @return the count
   * @throws ContentLimitException when the DAG is larger or deeper than the standard limits
   */
  public static DagStat stat(BlockSource blocks, Cid root) {
    long[] counted = new long[2];
    Cid[] missing = new Cid[1];
    Visitor visitor =
        (_, bytes) -> {
          counted[0]++;
          counted[1] += bytes.length;
        };
    walk(
        new Walk(blocks, DagLimits.standard(), visitor),
        root,
        cid -> missing[0] = missing[0] == null ? cid : missing[0]);
    return new DagStat(counted[0], counted[1], missing[0]);
  }

  private static void walk(Walk walk, Cid root, Missing missing) {
    walk.enter(root, missing);
    while (!walk.path.isEmpty()) {
      Iterator<Cid> children = walk.path.getLast();
      if (children.hasNext()) {
        walk.enter(children.next(), missing);
      } else {
        walk.path.removeLast();
      }
    }
  }

  /** The state of a walk: an explicit stack, so that depth cannot overflow the thread's. */
  private record Walk(
      BlockSource blocks,
      DagLimits limits,
      Visitor visitor,
      Set<Multihash> seen,
      Deque<Iterator<Cid>> path) {
    Walk(BlockSource blocks, DagLimits limits, Visitor visitor) {
      this(blocks, limits, visitor, new HashSet<>(), new ArrayDeque<>());
    }

    void enter(Cid cid, Missing missing) {
      if (!seen.add(cid.multihash())) {
        return;
      }
      if (seen.size() > limits.blocks()) {
        throw new ContentLimitException("the DAG has more than " + limits.blocks() + " blocks");
      }
      if (path.size() >= limits.depth()) {
        throw new ContentLimitException("the DAG is deeper than " + limits.depth() + " links");
      }
      byte[] bytes = blocks.get(cid);
      if (bytes == null) {
        missing.report(cid);
        return;
      }
      visitor.visit(cid, bytes);
      List<Cid> links = links(cid, bytes);
      if (!links.isEmpty()) {
        path.addLast(links.iterator());
      }
    }
  }
}
