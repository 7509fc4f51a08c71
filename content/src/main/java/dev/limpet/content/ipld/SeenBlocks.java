package dev.limpet.content.ipld;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.DigestTable;
import java.nio.ByteBuffer;

/**
 * The blocks that a walk has seen, in some 20 to 40 bytes each.
 *
 * <p>A block is known by the first half of its key ({@link dev.limpet.content.cid.Multihash#key})
 * mixed with its codec. The codec counts because the same bytes have links as dag-pb and none as
 * raw: whoever links them first as raw must not hide what lies below them. Identity CIDs are never
 * counted as seen: each is at most 128 bytes, holds only shorter ones, and so cannot go on for
 * long.
 *
 * <p>Not for use by several threads.
 */
public final class SeenBlocks {
  private static final long ODD = 0x9e3779b97f4a7c15L;

  private final DigestTable table = new DigestTable();

  /** How many different blocks were seen, identities left out. */
  public int size() {
    return table.size();
  }

  /**
   * Sees a block.
   *
   * @param cid the block, as a link names it
   * @return whether it was not seen before
   */
  public boolean add(Cid cid) {
    if (cid.isIdentity()) {
      return true;
    }
    ByteBuffer digest = ByteBuffer.wrap(cid.multihash().key());
    return table.add(digest.getLong() ^ cid.codec() * ODD, digest.getLong());
  }
}
