package dev.limpet.content.unixfs;

import java.io.IOException;

/**
 * Builds a trickled tree: a node has its leaves first, then nodes below it that are one level deep,
 * then as many of two levels, and so on. Only the root has no end to the levels; a node of {@code
 * n} levels holds five times the leaves of one of {@code n - 1}, so that recursion is bounded by
 * the size of a file.
 */
final class TrickleLayout {
  /** Nodes of the same number of levels below a node. */
  private static final int SAME_DEPTH = 4;

  private static final int NO_END = Integer.MAX_VALUE;

  private final NodeSink nodes;
  private final int width;
  private final Chunks chunks;
  private byte[] next = new byte[0];

  TrickleLayout(NodeSink nodes, Chunks chunks) {
    this.nodes = nodes;
    this.width = nodes.profile().layout().width();
    this.chunks = chunks;
  }

  /** The root over all chunks, with metadata: an inner node always, also of nothing. */
  Node root(UnixFsData.Metadata metadata) throws IOException {
    next = chunks.next();
    return fill(NO_END).close(nodes, metadata);
  }

  private FileParts fill(int levels) throws IOException {
    FileParts parts = new FileParts();
    for (int leaf = 0; leaf < width && next.length > 0; leaf++) {
      parts.add(nodes.part(next));
      next = chunks.next();
    }
    for (int below = 1; below < levels && next.length > 0; below++) {
      for (int i = 0; i < SAME_DEPTH && next.length > 0; i++) {
        parts.add(fill(below).close(nodes, UnixFsData.Metadata.ABSENT));
      }
    }
    return parts;
  }
}
