package dev.limpet.content.unixfs;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/**
 * Cuts streams into leaves and puts the trees over them. Holds two chunks and one node's links a
 * level.
 */
final class FileImport {
  private final NodeSink nodes;
  private final LongConsumer progress;

  FileImport(NodeSink nodes, LongConsumer progress) {
    this.nodes = nodes;
    this.progress = progress;
  }

  Node run(InputStream in, UnixFsData.Metadata metadata) throws IOException {
    return run(in, Chunks.UNKNOWN, metadata);
  }

  Node run(InputStream in, long expected, UnixFsData.Metadata metadata) throws IOException {
    Chunks cut = Chunks.of(nodes.profile().chunker(), in, expected, nodes.blocks().holdsNothing());
    Chunks chunks =
        () -> {
          byte[] chunk = cut.next();
          if (chunk.length > 0) {
            progress.accept(chunk.length);
          }
          return chunk;
        };
    return switch (nodes.profile().layout().shape()) {
      case BALANCED -> balanced(chunks, metadata);
      case TRICKLE -> new TrickleLayout(nodes, chunks).root(metadata);
    };
  }

  /** An empty stream is one empty leaf; a file of one leaf is that leaf, with the metadata. */
  private Node balanced(Chunks chunks, UnixFsData.Metadata metadata) throws IOException {
    byte[] first = chunks.next();
    byte[] chunk = chunks.next();
    if (chunk.length == 0) {
      return nodes.leaf(first, metadata);
    }
    BalancedLayout layout = new BalancedLayout(nodes);
    layout.add(nodes.leaf(first, UnixFsData.Metadata.ABSENT));
    while (chunk.length > 0) {
      layout.add(nodes.leaf(chunk, UnixFsData.Metadata.ABSENT));
      chunk = chunks.next();
    }
    return layout.finish(metadata);
  }
}
