package dev.limpet.node.rpc;

import dev.limpet.content.unixfs.Chunker;
import dev.limpet.content.unixfs.FixedSize;
import dev.limpet.content.unixfs.LeafStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Streams that are read in a thread of their own while what came before is worked on: taking an
 * upload from its connection goes on while it is hashed and written, and the other way round for a
 * download. Only for what is long: a stream that ends within its first piece has no such thread.
 *
 * <p>Neither thread is ever interrupted: that would close the connection, or a file of the store,
 * under the other. Who stops reading waits until the read that is under way returns.
 */
final class ReadAheads {
  /**
   * Pieces of all streams that are read ahead, and an eighth of a smaller heap; streams that find
   * no room for theirs are read where they are needed.
   */
  static final int MAX_AHEAD_BYTES = 40 << 20;

  private static final int HEAP_PART = 8;

  /** Pieces of one stream, of which the one who reads may have two. */
  static final int MAX_AHEAD_PIECES = 4;

  /** Streams that are shorter are many, and need neither pieces nor queues. */
  private static final int SMALL_BYTES = 8 << 10;

  private static final int PIECE_BYTES = 256 << 10;

  /** Pieces of this size and half of it are the leaves of a file. */
  private static final int LARGEST_PIECE_BYTES = 1 << 20;

  private final Semaphore free;

  /** With so many bytes for pieces, or as many as are usual if that is less. */
  ReadAheads(long bytes) {
    this.free = new Semaphore((int) Math.min(MAX_AHEAD_BYTES, bytes));
  }

  /** With as much room as suits the heap. */
  static ReadAheads ofHeap() {
    return new ReadAheads(Runtime.getRuntime().maxMemory() / HEAP_PART);
  }

  /**
   * The bytes of a stream. It must be closed before the stream itself is used again.
   *
   * @param in is not closed
   */
  InputStream of(InputStream in) throws IOException {
    return of(in, PIECE_BYTES);
  }

  /**
   * The bytes of a file that is cut into leaves; those of the usual sizes are taken as they were
   * read.
   *
   * @param in is not closed
   */
  InputStream of(InputStream in, Chunker chunker) throws IOException {
    boolean usual =
        chunker instanceof FixedSize(int bytes)
            && bytes >= PIECE_BYTES
            && bytes <= LARGEST_PIECE_BYTES;
    return of(in, usual ? chunker.maxBytes() : PIECE_BYTES);
  }

  private InputStream of(InputStream in, int pieceBytes) throws IOException {
    byte[] small = new byte[SMALL_BYTES];
    int known = in.readNBytes(small, 0, SMALL_BYTES);
    if (known < SMALL_BYTES) {
      return new ByteArrayInputStream(small, 0, known);
    }
    byte[] rest = in.readNBytes(pieceBytes - known);
    byte[] first = Arrays.copyOf(small, known + rest.length);
    System.arraycopy(rest, 0, first, known, rest.length);
    return first.length < pieceBytes
        ? new ByteArrayInputStream(first)
        : new Ahead(in, first, free.tryAcquire(MAX_AHEAD_PIECES * pieceBytes) ? free : null);
  }

  /**
   * Bytes that were read, or the end.
   *
   * @param length how many of the array; negative at the end
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  private record Piece(byte[] bytes, int length, @Nullable Throwable failure) {}

  private static final class Ahead extends LeafStream {
    private static final byte[] NOT_YET = {};

    private final InputStream in;
    private final int pieceBytes;
    private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(MAX_AHEAD_PIECES + 1);
    private final BlockingQueue<byte[]> empty = new ArrayBlockingQueue<>(MAX_AHEAD_PIECES + 1);
    private final @Nullable Semaphore permits;
    private final @Nullable Thread reader;
    private Piece piece;

    /** Whether the piece was taken as a leaf, and the leaf before it that is not free yet. */
    private boolean isLeaf;

    private byte[] leaf = NOT_YET;
    private int position;
    private boolean ended;
    private boolean closed;
    private volatile boolean stopped;

    Ahead(InputStream in, byte[] first, @Nullable Semaphore permits) {
      this.in = in;
      this.pieceBytes = first.length;
      this.piece = new Piece(first, first.length, null);
      this.permits = permits;
      if (permits == null) {
        reader = null;
      } else {
        for (int i = 1; i < MAX_AHEAD_PIECES; i++) {
          empty.add(NOT_YET);
        }
        reader = Thread.ofVirtual().name("limpet-read-ahead").start(this::readAhead);
      }
    }

    private void readAhead() {
      try {
        boolean more = true;
        while (more && !stopped) {
          byte[] next = empty.take();
          more = fill(next.length == 0 ? new byte[pieceBytes] : next);
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts this thread", e);
      }
    }

    /**
     * Reads a piece, or at least something when the reader is to stop. What came before a failure
     * is read before it.
     *
     * @return whether more may come
     */
    private boolean fill(byte[] bytes) throws InterruptedException {
      int length = 0;
      int read = 0;
      Throwable failure = null;
      try {
        while (read >= 0 && length < bytes.length && !stopped) {
          read = in.read(bytes, length, bytes.length - length);
          length += Math.max(0, read);
        }
      } catch (IOException | RuntimeException | Error e) {
        failure = e;
      }
      if (length > 0) {
        full.put(new Piece(bytes, length, null));
      }
      boolean last = read < 0 || failure != null;
      if (last) {
        full.put(new Piece(NOT_YET, -1, failure));
      }
      return !last;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      if (position == piece.length && !next()) {
        return -1;
      }
      int count = Math.min(length, piece.length - position);
      System.arraycopy(piece.bytes, position, target, offset, count);
      position += count;
      return count;
    }

    @Override
    public byte @Nullable [] takeLeaf(int length) throws IOException {
      if (reader == null || length != pieceBytes) {
        return null;
      }
      boolean begins = position == piece.length ? next() : position == 0 && !isLeaf;
      if (!begins || piece.length != length) {
        return null;
      }
      isLeaf = true;
      position = length;
      return piece.bytes;
    }

    private boolean next() throws IOException {
      if (ended) {
        return false;
      }
      Piece next = reader == null ? readHere() : taken();
      ended = next.length < 0;
      rethrow(next.failure);
      if (!ended) {
        piece = next;
        position = 0;
      }
      return !ended;
    }

    private Piece readHere() throws IOException {
      int length = in.read(piece.bytes, 0, piece.bytes.length);
      return new Piece(piece.bytes, length, null);
    }

    private Piece taken() throws IOException {
      try {
        byte[] free = isLeaf ? leaf : piece.bytes;
        leaf = isLeaf ? piece.bytes : leaf;
        isLeaf = false;
        if (free.length > 0) {
          empty.add(free);
        }
        return full.take();
      } catch (InterruptedException e) {
        throw Interruption.of(e);
      }
    }

    private static void rethrow(@Nullable Throwable failure) throws IOException {
      switch (failure) {
        case null -> {}
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(failure);
      }
    }

    @Override
    public void close() throws IOException {
      Semaphore taken = permits;
      Thread running = reader;
      if (taken == null || running == null || closed) {
        return;
      }
      closed = true;
      stopped = true;
      boolean _ = empty.offer(NOT_YET); // it may wait for an array
      try {
        running.join();
      } catch (InterruptedException e) {
        throw Interruption.of(e);
      } finally {
        taken.release(MAX_AHEAD_PIECES * pieceBytes);
      }
    }
  }
}
