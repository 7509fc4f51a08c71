package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.ipld.PbLink;
import java.util.List;

/**
 * Where the nodes of an import go, and which form they have.
 *
 * @param blocks gets every block
 * @param profile decides the form
 */
record NodeSink(BlockSink blocks, UnixFsProfile profile) {
  /** A part of a file, or a whole one, which alone may have metadata. */
  Node leaf(byte[] chunk, UnixFsData.Metadata metadata) {
    if (profile.rawLeaves() && metadata.isAbsent()) {
      return Node.leaf(blocks, chunk);
    }
    return inner(List.of(), UnixFsData.leaf(chunk).with(metadata), chunk.length);
  }

  /** A part of a file in a trickled tree. */
  Node part(byte[] chunk) {
    return profile.rawLeaves()
        ? Node.leaf(blocks, chunk)
        : inner(List.of(), UnixFsData.part(chunk), chunk.length);
  }

  /** A dag-pb node over children that are in the sink already. */
  Node inner(List<PbLink> links, UnixFsData data, long size) {
    return Node.inner(blocks, profile.cidVersion(), links, data, size);
  }
}
