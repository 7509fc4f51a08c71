package dev.limpet.content.unixfs;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import java.util.List;

/**
 * Where the nodes of an import go, and which form they have.
 *
 * @param blocks gets every block
 * @param profile decides the form
 * @param rule decides, with the profile, how they are named
 */
record NodeSink(BlockSink blocks, UnixFsProfile profile, CidRule rule) {
  NodeSink {
    if (profile.cidVersion() == 0 && !rule.isSha256()) {
      throw new IllegalArgumentException("CIDv0 only supports sha2-256");
    }
  }

  NodeSink(BlockSink blocks, UnixFsProfile profile) {
    this(blocks, profile, CidRule.USUAL);
  }

  /** The same for files that say something about themselves. */
  NodeSink withoutRawLeaves() {
    return new NodeSink(blocks, profile.withoutRawLeaves(), rule);
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
    return node(Multicodec.RAW, chunk, List.of(), chunk.length);
  }

  /** A dag-pb node over children that are in the sink already. */
  Node inner(List<PbLink> links, UnixFsData data, long size) {
    byte[] bytes = DagPb.encode(new PbNode(links, data.encode()));
    return node(Multicodec.DAG_PB, bytes, links, size);
  }

  private Node node(long codec, byte[] bytes, List<PbLink> links, long size) {
    Block block = block(codec, bytes);
    if (!block.cid().isIdentity()) {
      blocks.put(block);
    }
    return Node.over(links, block, size);
  }

  /** In its CID when it is small, also an empty one; unless nothing is inlined. */
  private Block block(long codec, byte[] bytes) {
    if (rule.inline() > 0 && bytes.length <= rule.inline()) {
      return new Block(Cid.v1(codec, Multihash.identity(bytes)), bytes);
    }
    if (!rule.isSha256()) {
      return new Block(Cid.v1(codec, Multihash.hash(rule.function(), bytes)), bytes);
    }
    Block made = Block.of(codec, bytes);
    return codec == Multicodec.DAG_PB && profile.cidVersion() == 0
        ? new Block(Cid.v0(made.cid().multihash()), bytes)
        : made;
  }
}
