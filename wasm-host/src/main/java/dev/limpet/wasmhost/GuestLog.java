package dev.limpet.wasmhost;

import dev.limpet.wasmhost.wasi.LogBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a guest wrote on standard error: all of it, or its first and its last part. */
public final class GuestLog {

  /** Nothing was written. */
  public static final GuestLog EMPTY = new GuestLog(new byte[0], new byte[0], 0);

  private final byte[] head;
  private final byte[] tail;
  private final long writtenBytes;

  /**
   * A log that was kept somewhere; the arrays are handed over.
   *
   * @param head the first bytes
   * @param tail the last bytes that are not in {@code head}
   * @param writtenBytes bytes that the guest wrote, at least as many as are kept
   */
  public GuestLog(byte[] head, byte[] tail, long writtenBytes) {
    if (writtenBytes < (long) head.length + tail.length) {
      throw new IllegalArgumentException("a log has no more bytes than were written");
    }
    this.head = head;
    this.tail = tail;
    this.writtenBytes = writtenBytes;
  }

  static GuestLog of(LogBuffer buffer) {
    LogBuffer.Kept kept = buffer.kept();
    return kept.written() == 0 ? EMPTY : new GuestLog(kept.head(), kept.tail(), kept.written());
  }

  /**
   * Some of a log.
   *
   * @param bytes what was written there, after a line that marks a cut when there is one
   * @param next how many bytes of the log come before what follows
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  public record Part(byte[] bytes, long next) {}

  /** A copy of what is kept, with a line that marks the cut when there is one. */
  public byte[] bytes() {
    if (tail.length == 0 && cutBytes() == 0) {
      return head.clone();
    }
    byte[] end = part(head.length, Integer.MAX_VALUE).bytes();
    byte[] all = Arrays.copyOf(head, head.length + end.length);
    System.arraycopy(end, 0, all, head.length, end.length);
    return all;
  }

  /**
   * What follows the first {@code seen} bytes that the guest wrote, for readers that come again.
   *
   * @param maxBytes of the log; a line that marks a cut comes on top
   */
  public Part part(long seen, int maxBytes) {
    if (seen < 0) {
      throw new IllegalArgumentException("a log begins at 0");
    }
    if (seen < head.length) {
      int from = (int) seen;
      int to = (int) Math.min(head.length, seen + maxBytes);
      return new Part(Arrays.copyOfRange(head, from, to), to);
    }
    long tailStart = writtenBytes - tail.length;
    if (seen >= writtenBytes) {
      return new Part(new byte[0], Math.max(seen, writtenBytes));
    }
    int from = (int) Math.max(0, seen - tailStart);
    int to = (int) Math.min(tail.length, (long) from + maxBytes);
    byte[] mark = tailStart > seen ? mark(tailStart - seen) : new byte[0];
    byte[] bytes = Arrays.copyOf(mark, mark.length + to - from);
    System.arraycopy(tail, from, bytes, mark.length, to - from);
    return new Part(bytes, tailStart + to);
  }

  private static byte[] mark(long bytes) {
    return ("\n[... " + bytes + " bytes cut ...]\n").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The same within so many bytes: the first and the last ones stay.
   *
   * @param maxHead of the first bytes
   * @param maxTail of the last ones
   */
  public GuestLog within(int maxHead, int maxTail) {
    if ((long) head.length + tail.length <= maxHead && cutBytes() == 0) {
      return this;
    }
    byte[] first = Arrays.copyOf(head, Math.min(head.length, maxHead));
    byte[] last = last(Math.min(maxTail, head.length - first.length + tail.length));
    return new GuestLog(first, last, writtenBytes);
  }

  private byte[] last(int length) {
    if (length <= tail.length) {
      return Arrays.copyOfRange(tail, tail.length - length, tail.length);
    }
    if (cutBytes() > 0) {
      return tail.clone();
    }
    int ofHead = length - tail.length;
    byte[] last = new byte[length];
    System.arraycopy(head, head.length - ofHead, last, 0, ofHead);
    System.arraycopy(tail, 0, last, ofHead, tail.length);
    return last;
  }

  /** A copy of the first bytes. */
  public byte[] head() {
    return head.clone();
  }

  /** A copy of the last bytes that are not in {@link #head}. */
  public byte[] tail() {
    return tail.clone();
  }

  /** How many bytes the guest wrote. */
  public long writtenBytes() {
    return writtenBytes;
  }

  /** How many bytes were left out. */
  public long cutBytes() {
    return writtenBytes - head.length - tail.length;
  }

  /** Whether the guest wrote nothing. */
  public boolean isEmpty() {
    return writtenBytes == 0;
  }

  /**
   * The last bytes as text; what is not UTF-8 is replaced. Control characters are kept: escape them
   * before a terminal sees them.
   *
   * @param maxBytes of the log, before decoding
   */
  public String tail(int maxBytes) {
    byte[] bytes = bytes();
    int from = Math.max(0, bytes.length - maxBytes);
    while (from > 0 && from < bytes.length && (bytes[from] & 0xC0) == 0x80) {
      from++; // inside a character
    }
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
  }
}
