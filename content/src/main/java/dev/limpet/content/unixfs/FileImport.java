package dev.limpet.content.unixfs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Cuts streams into leaves and puts the trees over them. Holds two chunks and one node's links a
 * level.
 */
final class FileImport {
  /** Size of a stream that does not say it. */
  private static final long UNKNOWN = Long.MAX_VALUE;

  /** What a stream of unknown size gets first: most are small. */
  private static final int FIRST_BYTES = 4096;

  private static final int GROWTH = 4;
  private static final byte[] NOTHING = new byte[0];

  private final NodeSink nodes;
  private final int chunkBytes;
  private final LongConsumer progress;

  FileImport(NodeSink nodes, LongConsumer progress) {
    this.nodes = nodes;
    this.chunkBytes = nodes.profile().chunkBytes();
    this.progress = progress;
  }

  Node run(InputStream in, UnixFsData.Metadata metadata) throws IOException {
    return run(in, UNKNOWN, metadata);
  }

  /** An empty stream is one empty leaf; a file of one leaf is that leaf, with the metadata. */
  Node run(InputStream in, long expected, UnixFsData.Metadata metadata) throws IOException {
    byte[] first = chunk(in, expected == UNKNOWN ? FIRST_BYTES : expected);
    long left = left(expected, first);
    byte[] chunk = chunk(in, left);
    if (chunk.length == 0) {
      return nodes.leaf(first, metadata);
    }
    BalancedLayout layout = new BalancedLayout(nodes);
    layout.add(nodes.leaf(first, UnixFsData.Metadata.ABSENT));
    while (chunk.length > 0) {
      layout.add(nodes.leaf(chunk, UnixFsData.Metadata.ABSENT));
      left = left(left, chunk);
      chunk = chunk(in, left);
    }
    return layout.finish(metadata);
  }

  private static long left(long expected, byte[] chunk) {
    return expected == UNKNOWN ? UNKNOWN : Math.max(0, expected - chunk.length);
  }

  /**
   * Fresh each time, since the sink may keep it; it begins as large as what is expected to come and
   * grows when more comes. The end of the stream is asked for before there is an array.
   */
  private byte[] chunk(InputStream in, long expected) throws IOException {
    int first = in.read();
    if (first < 0) {
      return NOTHING;
    }
    byte[] chunk = new byte[Math.clamp(expected, 1, chunkBytes)];
    int filled = fill(in, chunk, 0, first);
    while (filled == chunk.length && filled < chunkBytes) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      chunk = Arrays.copyOf(chunk, (int) Math.min((long) GROWTH * filled, chunkBytes));
      filled = fill(in, chunk, filled, next);
    }
    progress.accept(filled);
    return filled == chunk.length ? chunk : Arrays.copyOf(chunk, filled);
  }

  /** Fills up an array from a place on with an octet that was read and those after it. */
  private static int fill(InputStream in, byte[] chunk, int from, int octet) throws IOException {
    chunk[from] = (byte) octet;
    return from + 1 + in.readNBytes(chunk, from + 1, chunk.length - from - 1);
  }
}
