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
 * A node that was put into the sink, as its parent needs it.
 *
 * @param cid its name
 * @param dagSize its block and everything below (Tsize)
 * @param size bytes of the file, or of all files, below it
 */
record Node(Cid cid, long dagSize, long size) {
  static Node leaf(BlockSink sink, byte[] chunk) {
    Block block = Block.of(Multicodec.RAW, chunk);
    sink.put(block);
    return new Node(block.cid(), chunk.length, chunk.length);
  }

  /** Puts a dag-pb node over children that are in the sink already. */
  static Node inner(
      BlockSink sink, int cidVersion, List<PbLink> links, UnixFsData data, long size) {
    Block block = named(cidVersion, encode(links, data));
    sink.put(block);
    return over(links, block, size);
  }

  /** A node whose bytes are its name, so that no sink needs it. */
  static Node inline(long codec, byte[] bytes, List<PbLink> links, long size) {
    return over(links, new Block(Cid.v1(codec, Multihash.identity(bytes)), bytes), size);
  }

  static byte[] encode(List<PbLink> links, UnixFsData data) {
    return DagPb.encode(new PbNode(links, data.encode()));
  }

  static Block named(int cidVersion, byte[] bytes) {
    Block made = Block.of(Multicodec.DAG_PB, bytes);
    return cidVersion == 1 ? made : new Block(Cid.v0(made.cid().multihash()), made.bytes());
  }

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
