package dev.limpet.node.rpc;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * An answer that begins while its request is still read. Many clients read nothing before they have
 * sent everything: who waits with each line until it is taken stops reading, and then both wait for
 * each other. So lines are written by a thread of their own, and wait in memory for a client that
 * is not there yet.
 *
 * <p>That thread is never interrupted: it ends with the answer, or when the connection is cut.
 */
final class UnreadLines extends OutputStream {
  /** Of all answers together; a smaller heap has an eighth of it. The next line waits. */
  static final int MAX_UNREAD_BYTES = 64 << 20;

  private static final int HEAP_PART = 8;

  /** What a piece costs beside its bytes. */
  private static final int PIECE_BYTES = 100;

  private static final Piece END = new Piece(new byte[0], 0);
  private static final Piece FLUSH = new Piece(new byte[0], 0);

  private final OutputStream out;
  private final Room room;
  private final BlockingQueue<Piece> waiting = new LinkedBlockingQueue<>();
  private final Thread writer;
  private volatile @Nullable Throwable failure;
  private boolean left;

  /** What of all answers may wait. */
  static final class Room {
    private final int bytes;
    private final Semaphore free;

    Room(int bytes) {
      this.bytes = bytes;
      this.free = new Semaphore(bytes, true);
    }

    /** As much as suits the heap. */
    static Room ofHeap() {
      long part = Runtime.getRuntime().maxMemory() / HEAP_PART;
      return new Room((int) Math.min(MAX_UNREAD_BYTES, part));
    }

    /** Whether somebody waits for it. */
    boolean isAwaited() {
      return free.hasQueuedThreads();
    }

    /** Waits for room. A piece that is larger than all of it waits until nothing else is there. */
    private int take(int length) throws IOException {
      int taken = (int) Math.min(bytes, (long) length + PIECE_BYTES);
      try {
        free.acquire(taken);
      } catch (InterruptedException e) {
        throw Interruption.of(e);
      }
      return taken;
    }
  }

  /** Bytes and the room that they take, a flush, or the end. */
  private static final class Piece {
    private final byte[] bytes;
    private final int taken;

    Piece(byte[] bytes, int taken) {
      this.bytes = bytes;
      this.taken = taken;
    }
  }

  /**
   * Begins to write.
   *
   * @param out written by another thread from now on; closed with this
   * @param room shared with other answers
   */
  UnreadLines(OutputStream out, Room room) {
    this.out = out;
    this.room = room;
    this.writer = Thread.ofVirtual().name("limpet-unread-lines").start(this::writeAll);
  }

  /** Takes what comes to the end, also after a failure, so that nobody waits for room for good. */
  private void writeAll() {
    try {
      for (Piece piece = waiting.take(); piece != END; piece = waiting.take()) {
        if (failure == null) {
          write(piece);
        }
        room.free.release(piece.taken);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private void write(Piece piece) {
    try {
      if (piece == FLUSH) {
        out.flush();
      } else {
        out.write(piece.bytes);
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    requireHealthy();
    int taken = room.take(length);
    waiting.add(new Piece(Arrays.copyOfRange(source, offset, offset + length), taken));
  }

  /** Has it flushed when all before it was written. */
  @Override
  public void flush() throws IOException {
    requireHealthy();
    waiting.add(FLUSH);
  }

  /** Returns when everything was written, and ends the answer. */
  @Override
  public void close() throws IOException {
    leave();
    try {
      writer.join();
    } catch (InterruptedException e) {
      throw Interruption.of(e);
    }
    requireHealthy();
    out.close();
  }

  /** Adds nothing more: the thread ends when it has written what is there, or cannot. */
  void leave() {
    if (!left) {
      left = true;
      waiting.add(END);
    }
  }

  private void requireHealthy() throws IOException {
    Throwable cause = failure;
    if (cause instanceof Error fatal) {
      throw fatal;
    }
    if (cause != null) {
      throw new IOException("the answer could not be written on", cause);
    }
  }
}
