package dev.limpet.content.ipld;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks DAGs: depth first, each block where it is first seen. Raw, dag-pb, dag-cbor and dag-json
 * blocks are understood; plain CBOR and JSON have no links; every other codec ends a walk, because
 * what lies below it would be left out unnoticed, and so does a link whose hash cannot be checked.
 */
public final class Dag {
  private static final Set<Long> WITHOUT_LINKS =
      Set.of(Multicodec.RAW, Multicodec.CBOR, Multicodec.JSON, Multicodec.LIBP2P_KEY);

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

  /**
   * The links of a block, in its order, repeated ones included.
   *
   * @param cid decides the codec
   * @param bytes the block
   * @return the links; none for a raw block
   * @throws MalformedBlockException when the block does not parse, its codec is not known, or a
   *     link's hash is of a function that cannot be checked
   */
  public static List<Cid> links(Cid cid, byte[] bytes) {
    if (!hasLinks(cid)) {
      return List.of();
    }
    List<Cid> links = parsedLinks(cid, bytes);
    for (Cid link : links) {
      if (!link.multihash().isVerifiable()) {
        throw new MalformedBlockException(
            cid + " has a link whose hash nobody here can check: " + link);
      }
    }
    return links;
  }

  private static List<Cid> parsedLinks(Cid cid, byte[] bytes) {
    if (cid.codec() == Multicodec.DAG_PB) {
      return DagPb.decode(bytes).links().stream().map(PbLink::cid).toList();
    }
    if (cid.codec() == Multicodec.DAG_CBOR) {
      return DagCbor.links(bytes);
    }
    if (cid.codec() == Multicodec.DAG_JSON) {
      return DagJson.links(bytes);
    }
    throw new MalformedBlockException(
        "the links of "
            + cid
            + " cannot be read: its codec is "
            + Multicodec.name(cid.codec())
            + "; raw, dag-pb, dag-cbor and dag-json are known");
  }

  /** Whether blocks of this codec may have links. */
  static boolean hasLinks(Cid cid) {
    return !WITHOUT_LINKS.contains(cid.codec());
  }

  /**
   * Visits every block below a root, the root first.
   *
   * @param blocks holds the DAG
   * @param root where to begin
   * @param limits how far to go
   * @param visitor gets each block
   * @throws BlockNotFoundException when a block is missing
   * @throws MalformedBlockException when a block does not parse or its codec is not known
   * @throws ContentLimitException when the DAG is larger or deeper than the limits
   */
  public static void walk(BlockSource blocks, Cid root, DagLimits limits, Visitor visitor) {
    new DagWalk(limits, cid -> visited(blocks, cid, visitor)).run(root);
  }

  /**
   * Visits every block below a root as often as it is linked, the root first. What the limits say
   * of blocks counts each visit.
   *
   * @param blocks holds the DAG
   * @param root where to begin
   * @param limits how far to go
   * @param visitor gets each block
   * @throws BlockNotFoundException when a block is missing
   * @throws MalformedBlockException when a block does not parse or its codec is not known
   * @throws ContentLimitException when there are more or deeper visits than the limits say
   */
  public static void walkEach(BlockSource blocks, Cid root, DagLimits limits, Visitor visitor) {
    new DagWalk(limits, true, cid -> visited(blocks, cid, visitor)).run(root);
  }

  /**
   * Visits what is there of a DAG, the root first; what is missing is left out, with all below it.
   *
   * @param blocks may hold the DAG
   * @param root where to begin
   * @param limits how far to go
   * @param visitor gets each block
   * @throws MalformedBlockException when a block does not parse or its codec is not known
   * @throws ContentLimitException when the DAG is larger or deeper than the limits
   */
  public static void walkHere(BlockSource blocks, Cid root, DagLimits limits, Visitor visitor) {
    new DagWalk(limits, cid -> blocks.sizeOf(cid) < 0 ? List.of() : visited(blocks, cid, visitor))
        .run(root);
  }

  private static List<Cid> visited(BlockSource blocks, Cid cid, Visitor visitor) {
    byte[] bytes = blocks.require(cid);
    visitor.visit(cid, bytes);
    return links(cid, bytes);
  }

  /**
   * Counts what is there; goes on beside what is missing. Blocks without links are not read where
   * the source knows their size.
   *
   * @param blocks may hold the DAG
   * @param root where to begin
   * @return the count
   * @throws MalformedBlockException when a block does not parse or its codec is not known
   * @throws ContentLimitException when the DAG is larger or deeper than the standard limits
   */
  public static DagStat stat(BlockSource blocks, Cid root) {
    return stat(blocks, root, DagLimits.standard());
  }

  /**
   * Counts what is there, as {@link #stat(BlockSource, Cid)}, and gives up earlier or later.
   *
   * @param blocks may hold the DAG
   * @param root where to begin
   * @param limits how far to go
   * @return the count
   * @throws MalformedBlockException when a block does not parse or its codec is not known
   * @throws ContentLimitException when the DAG is larger or deeper than the limits
   */
  public static DagStat stat(BlockSource blocks, Cid root, DagLimits limits) {
    Count count = new Count(blocks);
    new DagWalk(limits, count::enter).run(root);
    return new DagStat(count.found, count.bytes, count.firstMissing);
  }

  /** What a stat has found so far. */
  private static final class Count {
    private final BlockSource blocks;
    private long found;
    private long bytes;
    private @Nullable Cid firstMissing;

    Count(BlockSource blocks) {
      this.blocks = blocks;
    }

    List<Cid> enter(Cid cid) {
      if (!hasLinks(cid)) {
        count(cid, blocks.sizeOf(cid));
        return List.of();
      }
      byte[] block = cid.isIdentity() ? cid.multihash().digest() : blocks.get(cid);
      count(cid, block == null ? -1 : block.length);
      return block == null ? List.of() : links(cid, block);
    }

    private void count(Cid cid, long size) {
      if (size < 0) {
        firstMissing = firstMissing == null ? cid : firstMissing;
      } else if (!cid.isIdentity()) {
        found++;
        bytes += size;
      }
    }
  }
}
