package dev.limpet.node.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a connection like the server's own writer, and ends a write whose peer takes nothing of
 * it. The server knows no such bound: a client that sends a request and never reads its answer
 * would keep the thread that writes it, and all that this thread holds, for good.
 *
 * <p>It costs a write no look at the clock: how far it has got is looked at from outside.
 */
final class GuardedWriter implements DataWriter {
  /**
   * What the socket gets at once: it says nothing of how far it is before all of that has left, and
   * copies what it had no room for once more.
   */
  private static final int PART_BYTES = CountedStream.PART_BYTES;

  /**
   * What stays with a part instead of a write of its own: the server frames a chunk in a few bytes,
   * and puts a head before the first.
   */
  private static final int FRAME_BYTES = 1 << 10;

  /** The writer of the connection that a thread serves, for what the server copies too often. */
  static final ScopedValue<GuardedWriter> HERE = ScopedValue.newInstance();

  private final DataWriter out;

  /** The body that leaves with the next write, which is its head. */
  private byte @Nullable [] body;

  private volatile @Nullable Write underWay;
  private @Nullable Write seen;
  private int seenLeft;
  private long sinceNanos;

  /** A write that has begun. */
  private static final class Write extends SocketWait {
    private final BufferData data;

    Write(BufferData data) {
      this.data = data;
    }
  }

  /** Writes through another writer, which has no thread of its own. */
  GuardedWriter(DataWriter out) {
    this.out = out;
  }

  /**
   * Ends the write that is under way when no byte of it has left since a look before this one, and
   * that look was at least so long ago: its thread gets an exception, and the socket closes.
   *
   * @param before is done before that, when it is ended
   * @return whether it was ended
   */
  boolean cutWhenStill(Duration time, Runnable before) {
    Write still = stillFor(time);
    return still != null && still.cut(before);
  }

  /** Whether {@link #cutWhenStill} would end it. */
  boolean isStill(Duration time) {
    return stillFor(time) != null;
  }

  /** A look that is late by a moment sees more left than there is, and no less. */
  private synchronized @Nullable Write stillFor(Duration time) {
    Write write = underWay;
    if (write == null) {
      seen = null;
      return null;
    }
    int left = write.data.available();
    long now = System.nanoTime();
    if (write != seen || left != seenLeft) {
      seen = write;
      seenLeft = left;
      sinceNanos = now;
      return null;
    }
    return now - sinceNanos >= time.toNanos() ? write : null;
  }

  /**
   * Has a body leave in one write with its head. The server would put both into one array, which is
   * twice as long when the head turns out to have more than 256 bytes, for each answer anew; here
   * it is one of a few that are used again.
   *
   * @param bytes the body, not changed meanwhile
   * @param head writes the head of the answer, and nothing else, in one write
   */
  void writeBody(byte[] bytes, Runnable head) {
    body = bytes;
    try {
      head.run();
    } finally {
      body = null;
    }
  }

  private void writeBoth(BufferData head, byte[] bytes) {
    int headBytes = head.available();
    int length = headBytes + bytes.length;
    byte[] array = AnswerArrays.take(length);
    try {
      int _ = head.read(array, 0, headBytes);
      System.arraycopy(bytes, 0, array, headBytes, bytes.length);
      inParts(BufferData.createReadOnly(array, 0, length), out::write);
    } finally {
      AnswerArrays.giveBack(array);
    }
  }

  @Override
  public void write(BufferData... buffers) {
    write(BufferData.create(buffers));
  }

  @Override
  public void write(BufferData buffer) {
    byte[] behind = body;
    body = null;
    if (behind == null) {
      inParts(buffer, out::write);
    } else {
      writeBoth(buffer, behind);
    }
  }

  @Override
  public void writeNow(BufferData... buffers) {
    writeNow(BufferData.create(buffers));
  }

  @Override
  public void writeNow(BufferData buffer) {
    inParts(buffer, out::writeNow);
  }

  private void inParts(BufferData buffer, Consumer<BufferData> target) {
    if (buffer.available() <= PART_BYTES + FRAME_BYTES) {
      guarded(buffer, target);
    } else {
      buffer.writeTo(new Parts(target));
    }
  }

  private void guarded(BufferData buffer, Consumer<BufferData> target) {
    Write write = begin(buffer);
    try {
      target.accept(buffer);
    } finally {
      end(write);
    }
  }

  /** Cuts what is large, without a copy. */
  private final class Parts extends OutputStream {
    private final Consumer<BufferData> target;

    Parts(Consumer<BufferData> target) {
      this.target = target;
    }

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      int part;
      for (int done = 0; done < length; done += part) {
        int left = length - done;
        part = left <= PART_BYTES + FRAME_BYTES ? left : PART_BYTES;
        guarded(BufferData.create(source, offset + done, part), target);
      }
    }
  }

  /** Says goodbye, which is a write too when the socket speaks TLS. */
  void closing(Runnable close) {
    Write write = begin(BufferData.empty());
    try {
      close.run();
    } finally {
      end(write);
    }
  }

  private Write begin(BufferData buffer) {
    Write write = new Write(buffer);
    underWay = write;
    return write;
  }

  private void end(Write write) {
    underWay = null;
    write.end();
  }

  @Override
  public void flush() {
    out.flush();
  }

  @Override
  public void close() {
    out.close();
  }
}
