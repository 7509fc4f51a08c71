package dev.limpet.gateway.proof;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.gateway.placement.Proofs.Finding;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A random way down a DAG that a node says it has: from the root to one of its links, from there to
 * one of its links, and so on to a block without any. Each block is checked by its CID, so the next
 * step is known to be a part of the DAG although nobody but the node knows the DAG; and the node
 * cannot know which way it will be. It knows no transport, and is used by one thread at a time.
 */
final class Walk {
  /** Blocks of one way: a file of 2 TiB is seven deep; a list of links ends here. */
  static final int MAX_WALK_BLOCKS = 12;

  /** Bytes of one way, after which it ends: four of the largest blocks. */
  static final long MAX_WALK_BYTES = 4L * Block.MAX_BLOCK_BYTES;

  private final RandomGenerator random;
  private final boolean whole;
  private @Nullable Cid next;
  private @Nullable Finding finding;
  private int blocks;
  private long bytes;

  /**
   * From {@code root}.
   *
   * @param whole whether to go down; else the root is enough, because no more was announced
   * @param random chooses the way; nobody else may be able to guess it
   */
  Walk(Cid root, boolean whole, RandomGenerator random) {
    this.next = root;
    this.whole = whole;
    this.random = random;
  }

  /** The block to ask for; null when the way is at its end. */
  @Nullable Cid next() {
    return next;
  }

  /** What was found when the way is at its end; null while there is more to ask for. */
  @Nullable Finding finding() {
    return finding;
  }

  /** The way ends here. */
  Walk end(Finding found) {
    finding = found;
    return this;
  }

  /** Takes a block that was given. */
  Walk take(Cid cid, byte[] given) {
    try {
      Block block = Block.verified(cid, given);
      blocks++;
      bytes += given.length;
      next = whole && blocks < MAX_WALK_BLOCKS && bytes < MAX_WALK_BYTES ? below(block) : null;
    } catch (ContentException e) {
      return end(Finding.WRONG);
    }
    return next == null ? end(Finding.SHOWN) : this;
  }

  /** A link of the block by chance; null when it has none that can be followed. */
  private @Nullable Cid below(Block block) {
    try {
      List<Cid> links = Dag.links(block.cid(), block.bytes());
      return links.isEmpty() ? null : links.get(random.nextInt(links.size()));
    } catch (ContentException e) { // it is what its CID names, and nothing of IPFS's
      return null;
    }
  }
}
