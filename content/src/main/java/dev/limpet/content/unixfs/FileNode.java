package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import java.util.Arrays;
import java.util.List;

/**
 * A node of a file's tree: bytes of its own, then children, each beginning at a known position.
 * Made only when its sizes add up, so that a position is found by search and a lie is seen when the
 * child it tells about is read.
 */
@SuppressWarnings("ArrayRecordComponent") // read only, never compared
record FileNode(byte[] data, List<Cid> children, long[] ends, UnixFsData.Metadata metadata) {
  static FileNode read(BlockSource blocks, Cid cid) {
    byte[] block = blocks.get(cid);
    if (block == null) {
      throw new BlockNotFoundException(cid);
    }
    return decode(cid, block);
  }

  static FileNode decode(Cid cid, byte[] block) {
    if (cid.codec() == Multicodec.RAW) {
      return leaf(block, UnixFsData.Metadata.ABSENT);
    }
    if (cid.codec() != Multicodec.DAG_PB) {
      throw new MalformedBlockException(
          cid + " is not UnixFS: its codec is 0x" + Long.toHexString(cid.codec()));
    }
    PbNode node = DagPb.decode(block);
    byte[] message = node.data();
    if (message == null) {
      throw new MalformedBlockException(cid + " is not UnixFS: it has no data");
    }
    return of(cid, node.links(), UnixFsData.decode(message));
  }

  static FileNode of(Cid cid, List<PbLink> links, UnixFsData data) {
    if (data.type() != UnixFsData.Type.FILE && data.type() != UnixFsData.Type.RAW) {
      throw new MalformedBlockException(cid + " is not a file but " + data.type());
    }
    if (links.size() != data.blockSizes().size()) {
      throw new MalformedBlockException(
          cid + " has " + links.size() + " links and " + data.blockSizes().size() + " block sizes");
    }
    long[] ends = new long[links.size()];
    long end = data.data().length;
    for (int i = 0; i < ends.length; i++) {
      end = add(cid, end, data.blockSizes().get(i));
      ends[i] = end;
    }
    if (data.fileSize() >= 0 && data.fileSize() != end) {
      throw new ContentLimitException(
          cid + " says it has " + data.fileSize() + " bytes, its parts have " + end);
    }
    return new FileNode(
        data.data(), links.stream().map(PbLink::cid).toList(), ends, data.metadata());
  }

  private static long add(Cid cid, long end, long size) {
    try {
      return Math.addExact(end, size);
    } catch (ArithmeticException e) {
      throw new ContentLimitException(cid + " says it is larger than any file can be", e);
    }
  }

  private static FileNode leaf(byte[] bytes, UnixFsData.Metadata metadata) {
    return new FileNode(bytes, List.of(), new long[0], metadata);
  }

  /** Bytes of the file below this node. */
  long size() {
    return ends.length == 0 ? data.length : ends[ends.length - 1];
  }

  /** The child that holds {@code position}, which is beyond the node's own bytes. */
  int childAt(long position) {
    // The first end that is greater: children without bytes share an end and are stepped over.
    int found = Arrays.binarySearch(ends, position);
    int index = found < 0 ? -found - 1 : found + 1;
    while (index < ends.length && ends[index] <= position) {
      index++;
    }
    return index;
  }

  long start(int child) {
    return child == 0 ? data.length : ends[child - 1];
  }

  /** What this node takes in a cache. */
  int weight() {
    return 64 + data.length + 120 * children.size();
  }
}
