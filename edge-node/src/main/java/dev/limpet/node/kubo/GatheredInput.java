package dev.limpet.node.kubo;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads what a Kubo sends in few pieces. It writes a block in pieces of 4 KiB; a thread that waits
 * for each of them is put aside and woken 256 times for a MiB, which costs more than the hash of
 * it. So when an answer is long and a read found less than it had room for, the next one lets some
 * more come first.
 */
final class GatheredInput extends FilterInputStream {
  /** What is shorter is read as it comes: its caller waits for it. */
  static final long SHORT_BYTES = 64 << 10;

  /**
   * How long more is let come: a Kubo sends some 50 KiB in it, and it holds up no block for long.
   */
  static final long GATHER_NANOS = 100_000;

  private final Runnable gather;
  private long total;
  private boolean emptied;

  /** Reads a socket. */
  GatheredInput(InputStream socket) {
    this(socket, () -> LockSupport.parkNanos(GATHER_NANOS));
  }

  /** Reads what {@code gather} lets more of come. */
  GatheredInput(InputStream socket, Runnable gather) {
    super(socket);
    this.gather = gather;
  }

  /** What comes from here on is another answer. */
  void begin() {
    total = 0;
    emptied = false;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (emptied && total >= SHORT_BYTES) {
      gather.run();
    }
    int count = in.read(target, offset, length);
    emptied = count < length;
    total += Math.max(0, count);
    return count;
  }
}
