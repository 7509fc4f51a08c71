package dev.limpet.content.unixfs;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.PbLink;
import java.util.List;

/**
 * A node that was put into the sink, as its parent needs it.
 *
 * @param cid its name
 * @param dagSize its block and everything below (Tsize)
 * @param size bytes of the file, or of all files, below it
 */
record Node(Cid cid, long dagSize, long size) {
  /** A block over children that have blocks of their own. */
  static Node over(List<PbLink> links, Block block, long size) {
    long below = 0;
    for (PbLink link : links) {
      below = Math.addExact(below, link.tsize());
    }
    return new Node(block.cid(), Math.addExact(below, block.bytes().length), size);
  }

  PbLink link(String name) {
    return new PbLink(cid, name, dagSize);
  }
}
