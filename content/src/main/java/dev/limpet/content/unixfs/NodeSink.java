package dev.limpet.content.unixfs;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.PbLink;
import java.util.List;

/**
 * Where the nodes of an import go, and which form they have.
 *
 * @param blocks gets every block
 * @param profile decides the form
 * @param inline bytes up to which a block is in its CID instead; 0 for none
 */
record NodeSink(BlockSink blocks, UnixFsProfile profile, int inline) {
  NodeSink {
    if (inline < 0 || inline > Multihash.MAX_IDENTITY_BYTES) {
      throw new IllegalArgumentException(
          "a CID holds at most " + Multihash.MAX_IDENTITY_BYTES + " bytes, not " + inline);
    }
  }

  NodeSink(BlockSink blocks, UnixFsProfile profile) {
    this(blocks, profile, 0);
  }

  /** A part of a file, or a whole one, which alone may have metadata. */
  Node leaf(byte[] chunk, UnixFsData.Metadata metadata) {
    if (profile.rawLeaves() && metadata.isAbsent()) {
      return raw(chunk);
    }
    return inner(List.of(), UnixFsData.leaf(chunk).with(metadata), chunk.length);
  }

  /** A part of a file in a trickled tree. */
  Node part(byte[] chunk) {
    return profile.rawLeaves()
        ? raw(chunk)
        : inner(List.of(), UnixFsData.part(chunk), chunk.length);
  }

  private Node raw(byte[] chunk) {
    return fits(chunk)
        ? Node.inline(Multicodec.RAW, chunk, List.of(), chunk.length)
        : Node.leaf(blocks, chunk);
  }

  /** A dag-pb node over children that are in the sink already. */
  Node inner(List<PbLink> links, UnixFsData data, long size) {
    byte[] bytes = Node.encode(links, data);
    if (fits(bytes)) {
      return Node.inline(Multicodec.DAG_PB, bytes, links, size);
    }
    Block block = Node.named(profile.cidVersion(), bytes);
    blocks.put(block);
    return Node.over(links, block, size);
  }

  /** Of an empty block too, unless nothing is inlined. */
  private boolean fits(byte[] bytes) {
    return inline > 0 && bytes.length <= inline;
  }
}
