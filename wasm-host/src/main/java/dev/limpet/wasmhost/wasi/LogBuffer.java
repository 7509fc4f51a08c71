package dev.limpet.wasmhost.wasi;

import java.util.Arrays;

/**
 * Standard error of a guest: the first bytes, where it says what it was about to do, and the last,
 * where it says why it failed. What lies between is dropped and counted. A guest that writes
 * nothing costs nothing.
 *
 * <p>The guest's thread writes; anybody may look meanwhile.
 */
public final class LogBuffer {

  private static final int TAIL_SHARE = 16;
  private static final int FIRST_BYTES = 256;
  private static final byte[] NOTHING = new byte[0];

  private final int headLimit;
  private final int tailLimit;
  private byte[] head = NOTHING;
  private byte[] tail = NOTHING;
  private int headBytes;
  private long tailWritten;

  /**
   * What is kept.
   *
   * @param head the first bytes
   * @param tail the last bytes that are not in {@code head}, the oldest first
   * @param written bytes that were written, kept or not
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  public record Kept(byte[] head, byte[] tail, long written) {}

  /** A log that keeps so many bytes, at least 16, one sixteenth of them for the end. */
  public LogBuffer(int maxBytes) {
    tailLimit = maxBytes / TAIL_SHARE;
    headLimit = maxBytes - tailLimit;
  }

  synchronized void write(byte[] bytes, int offset, int length) {
    int toHead = Math.min(length, headLimit - headBytes);
    if (toHead > 0) {
      writeHead(bytes, offset, toHead);
    }
    int rest = length - toHead;
    if (rest > 0) {
      writeTail(bytes, offset + toHead, rest);
    }
  }

  private void writeHead(byte[] bytes, int offset, int length) {
    int needed = headBytes + length;
    if (needed > head.length) {
      int grown = Math.max(needed, Math.max(FIRST_BYTES, 2 * head.length));
      head = Arrays.copyOf(head, Math.min(grown, headLimit));
    }
    System.arraycopy(bytes, offset, head, headBytes, length);
    headBytes = needed;
  }

  private void writeTail(byte[] bytes, int offset, int length) {
    if (tail.length == 0) {
      tail = new byte[tailLimit];
    }
    int skipped = Math.max(0, length - tail.length);
    tailWritten += skipped;
    for (int i = offset + skipped; i < offset + length; i++) {
      tail[(int) (tailWritten++ % tail.length)] = bytes[i];
    }
  }

  /** A copy of what is kept now. */
  public synchronized Kept kept() {
    byte[] first = headBytes == 0 ? NOTHING : Arrays.copyOf(head, headBytes);
    return new Kept(first, last(), headBytes + tailWritten);
  }

  private byte[] last() {
    if (tailWritten <= tail.length) {
      return tailWritten == 0 ? NOTHING : Arrays.copyOf(tail, (int) tailWritten);
    }
    int oldest = (int) (tailWritten % tail.length);
    byte[] last = new byte[tail.length];
    System.arraycopy(tail, oldest, last, 0, tail.length - oldest);
    System.arraycopy(tail, 0, last, tail.length - oldest, oldest);
    return last;
  }
}
