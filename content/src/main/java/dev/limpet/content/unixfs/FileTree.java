package dev.limpet.content.unixfs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.PassingBlocks;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.SeenBlocks;

/**
 * Finds bytes in a file's tree. Inner nodes that were read are kept, so that reading on touches
 * leaves only; each child must have the size that its parent told.
 */
final class FileTree {
  /** Levels of a tree: 1024 links each reach any size in 6; trickle layouts need a few more. */
  static final int MAX_FILE_DEPTH = 64;

  /** Bytes of decoded inner nodes that one reader keeps: some 60 nodes of 1024 links. */
  static final long MAX_INNER_NODE_BYTES = 8 << 20;

  private final BlockSource blocks;
  private final Cache<Cid, FileNode> inner =
      Caffeine.newBuilder()
          .maximumWeight(MAX_INNER_NODE_BYTES)
          .weigher((Cid _, FileNode node) -> node.weight())
          .executor(Runnable::run)
          .build();

  FileTree(BlockSource blocks) {
    this.blocks = blocks;
  }

  /**
   * The bytes that one block holds around a position.
   *
   * @param start position in the file of {@code bytes[offset]}
   */
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  record Piece(byte[] bytes, int offset, int length, long start) {}

  /** The piece of the file that holds {@code position}, which is less than {@code size}. */
  Piece pieceAt(Cid root, long size, long position) {
    return pieceAt(root, size, position, blocks);
  }

  /** A read of many bytes in turn, whose pieces are valid until the next one. */
  BlockSource passing(long bytes) {
    return new PassingBlocks(blocks, bytes);
  }

  /** The same with raw leaves from somewhere else. */
  Piece pieceAt(Cid root, long size, long position, BlockSource leaves) {
    Cid cid = root;
    long start = 0;
    long expected = size;
    for (int depth = 0; depth < MAX_FILE_DEPTH; depth++) {
      FileNode node = node(cid, leaves);
      if (node.size() != expected) {
        throw new ContentLimitException(
            cid + " has " + node.size() + " bytes where its parent says " + expected);
      }
      long within = position - start;
      if (within < node.data().length) {
        return new Piece(node.data(), 0, node.data().length, start);
      }
      int child = node.childAt(within);
      cid = node.children().get(child);
      expected = node.ends()[child] - node.start(child);
      start += node.start(child);
    }
    throw new ContentLimitException(root + " is deeper than " + MAX_FILE_DEPTH + " levels");
  }

  /**
   * Where the piece ends that holds {@code position}, if it and all nodes above it are in memory;
   * else -1. Reads nothing.
   */
  long endInMemory(Cid root, long size, long position) {
    return end(root, size, position, true);
  }

  /**
   * The same for a piece that need not be in memory itself: its parent tells where it ends. What is
   * no larger than a block is taken for one.
   */
  long endAsTold(Cid root, long size, long position) {
    return end(root, size, position, false);
  }

  private long end(Cid root, long size, long position, boolean inMemory) {
    Cid cid = root;
    long start = 0;
    long expected = size;
    for (int depth = 0; depth < MAX_FILE_DEPTH; depth++) {
      if (!isKnown(cid)) {
        return inMemory || expected > Block.MAX_BLOCK_BYTES ? -1 : start + expected;
      }
      if (cid.codec() == Multicodec.RAW) {
        return start + expected;
      }
      FileNode node = node(cid);
      long within = position - start;
      if (within < node.data().length) {
        return start + node.data().length;
      }
      int child = node.childAt(within);
      cid = node.children().get(child);
      expected = node.ends()[child] - node.start(child);
      start += node.start(child);
    }
    return -1;
  }

  /**
   * The first byte of a file from {@code from} on that is not here, or -1 when all of it is; reads
   * no raw leaf.
   *
   * @param most looks at nodes and leaves, repeated ones included
   * @throws ContentLimitException when there are more, or it is too deep
   */
  long firstMissing(Cid root, long from, long most) {
    return new Missing(from, most).below(root, 0, 0);
  }

  /** One search for what is not here. */
  private final class Missing {
    /** Nodes that were looked through from their beginning. */
    private final SeenBlocks whole = new SeenBlocks();

    private final long from;
    private final long most;
    private long looks;

    Missing(long from, long most) {
      this.from = from;
      this.most = most;
    }

    long below(Cid cid, long start, int depth) {
      if (depth > MAX_FILE_DEPTH || ++looks > most) {
        throw new ContentLimitException(
            "%s is deeper than %d levels, or has more than %d blocks"
                .formatted(cid, MAX_FILE_DEPTH, most));
      }
      if (blocks.sizeOf(cid) < 0) {
        return Math.max(start, from);
      }
      if (cid.codec() == Multicodec.RAW || (start >= from && !whole.add(cid))) {
        return -1;
      }
      FileNode node = node(cid);
      for (int i = 0; i < node.children().size(); i++) {
        if (start + node.ends()[i] <= from) {
          continue;
        }
        long missing = below(node.children().get(i), start + node.start(i), depth + 1);
        if (missing >= 0) {
          return missing;
        }
      }
      return -1;
    }
  }

  private boolean isKnown(Cid cid) {
    return inner.getIfPresent(cid) != null || blocks.isInMemory(cid);
  }

  FileNode node(Cid cid) {
    return node(cid, blocks);
  }

  private FileNode node(Cid cid, BlockSource leaves) {
    if (cid.codec() == Multicodec.RAW) {
      return FileNode.read(leaves, cid);
    }
    FileNode known = inner.getIfPresent(cid);
    if (known != null) {
      return known;
    }
    FileNode node = FileNode.read(blocks, cid);
    if (!node.children().isEmpty()) {
      inner.put(cid, node);
    }
    return node;
  }
}
