package dev.limpet.wasmhost.wasi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Standard error of a guest: the first bytes, where it says what it was about to do, and the last,
 * where it says why it failed. What lies between is dropped and counted.
 */
public final class LogBuffer {

  private static final int TAIL_SHARE = 16;

  private final int headBytes;
  private final byte[] tail;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private long tailWritten;

  /** A log that keeps so many bytes, at least 16, one sixteenth of them for the end. */
  public LogBuffer(int maxBytes) {
    tail = new byte[maxBytes / TAIL_SHARE];
    headBytes = maxBytes - tail.length;
  }

  void write(byte[] bytes, int offset, int length) {
    int toHead = Math.min(length, headBytes - head.size());
    head.write(bytes, offset, toHead);
    int rest = length - toHead;
    int skipped = Math.max(0, rest - tail.length);
    tailWritten += skipped;
    for (int i = offset + toHead + skipped; i < offset + length; i++) {
      tail[(int) (tailWritten++ % tail.length)] = bytes[i];
    }
  }

  /** How many bytes were written and not kept. */
  public long cutBytes() {
    return Math.max(0, tailWritten - tail.length);
  }

  /** What is kept, with a line at the place of the cut when there is one. */
  public byte[] kept() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.toByteArray());
    if (cutBytes() > 0) {
      String mark = "\n[... " + cutBytes() + " bytes cut ...]\n";
      all.writeBytes(mark.getBytes(StandardCharsets.UTF_8));
      int oldest = (int) (tailWritten % tail.length);
      all.write(tail, oldest, tail.length - oldest);
      all.write(tail, 0, oldest);
    } else {
      all.write(tail, 0, (int) tailWritten);
    }
    return all.toByteArray();
  }
}
