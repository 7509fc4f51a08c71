package dev.limpet.content.unixfs;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts one stream into leaves. Holds the leaf that is being read, or, where bytes decide, what the
 * largest leaf has.
 */
interface Chunks {
  /** Size of a stream that does not say it. */
  long UNKNOWN = Long.MAX_VALUE;

  /** What a stream of unknown size gets first: most are small. */
  int FIRST_BYTES = 4096;

  /** How much more an array gets that is full. */
  long GROWTH = 4;

  /**
   * The next leaf's bytes; none at the end. Fresh each time, or, where arrays are used again, valid
   * until the leaf after the next is asked for.
   */
  byte[] next() throws IOException;

  /**
   * Chunks of a stream.
   *
   * @param expected bytes of it, or {@link #UNKNOWN}
   * @param again whether arrays are used again: nobody keeps a leaf that was put
   */
  static Chunks of(Chunker chunker, InputStream in, long expected, boolean again) {
    return switch (chunker) {
      case FixedSize fixed -> new Equal(in, fixed.bytes(), expected, again);
      case Rabin rabin -> new Cut(in, rabin, expected);
      case Buzhash buzhash -> new Cut(in, buzhash, expected);
    };
  }

  /** Four times as large, if there may be as much. */
  private static byte[] grown(byte[] bytes, int most) {
    return Arrays.copyOf(bytes, (int) Math.min(GROWTH * bytes.length, most));
  }

  /** Chunks of one size. */
  final class Equal implements Chunks {
    private static final byte[] NOTHING = new byte[0];

    private final InputStream in;
    private final int chunkBytes;
    private final boolean again;
    private long expected;
    private boolean begun;
    private boolean ended;

    /** Arrays of whole chunks: the one that was filled last, and the one before it. */
    private byte[] last = NOTHING;

    private byte[] before = NOTHING;

    private Equal(InputStream in, int chunkBytes, long expected, boolean again) {
      this.in = in;
      this.chunkBytes = chunkBytes;
      this.expected = expected;
      this.again = again;
    }

    @Override
    public byte[] next() throws IOException {
      byte[] leaf = again && in instanceof LeafStream leaves ? leaves.takeLeaf(chunkBytes) : null;
      if (leaf == null) {
        return read();
      }
      took(leaf.length);
      return leaf;
    }

    private void took(int bytes) {
      begun = true;
      if (expected != UNKNOWN) {
        expected = Math.max(0, expected - bytes);
      }
    }

    /**
     * Begins as large as what is expected to come and grows when more comes; a chunk that is not
     * full was the last. Where it is not known that something comes, the end of the stream is asked
     * for before there is an array.
     */
    private byte[] read() throws IOException {
      boolean asks = expected == UNKNOWN || expected == 0;
      int octet = asks && !ended ? in.read() : 0;
      if (ended || octet < 0) {
        return NOTHING;
      }
      byte[] chunk = array(room());
      int filled = asks ? fill(chunk, 0, octet) : in.readNBytes(chunk, 0, chunk.length);
      while (filled == chunk.length && filled < chunkBytes) {
        int more = in.read();
        if (more < 0) {
          break;
        }
        chunk = grown(chunk, chunkBytes);
        filled = fill(chunk, filled, more);
      }
      took(filled);
      ended = filled < chunkBytes;
      return filled == chunk.length ? chunk : Arrays.copyOf(chunk, filled);
    }

    private byte[] array(int length) {
      if (!again || length < chunkBytes) {
        return new byte[length];
      }
      byte[] next = before.length == length ? before : new byte[length];
      before = last;
      last = next;
      return next;
    }

    private int room() {
      boolean small = expected == UNKNOWN && !begun;
      return Math.clamp(small ? FIRST_BYTES : expected, 1, chunkBytes);
    }

    /** Fills up an array from a place on with an octet that was read and those after it. */
    private int fill(byte[] chunk, int from, int octet) throws IOException {
      chunk[from] = (byte) octet;
      return from + 1 + in.readNBytes(chunk, from + 1, chunk.length - from - 1);
    }
  }

  /** Chunks that end where the bytes say so. */
  final class Cut implements Chunks {
    private final InputStream in;
    private final Chunker chunker;
    private byte[] ahead;
    private int filled;
    private boolean ended;

    private Cut(InputStream in, Chunker chunker, long expected) {
      this.in = in;
      this.chunker = chunker;
      long room = expected == UNKNOWN ? FIRST_BYTES : expected;
      this.ahead = new byte[Math.clamp(room, 1, chunker.maxBytes())];
    }

    @Override
    public byte[] next() throws IOException {
      fill();
      if (filled == 0) {
        return new byte[0];
      }
      int cut = chunker.cut(ahead, filled);
      byte[] chunk = Arrays.copyOf(ahead, cut);
      System.arraycopy(ahead, cut, ahead, 0, filled - cut);
      filled -= cut;
      return chunk;
    }

    private void fill() throws IOException {
      while (!ended) {
        filled += in.readNBytes(ahead, filled, ahead.length - filled);
        if (filled < ahead.length) {
          ended = true;
        } else if (ahead.length == chunker.maxBytes()) {
          return;
        } else {
          ahead = grown(ahead, chunker.maxBytes());
        }
      }
    }
  }
}
