package dev.limpet.wasmhost;

import java.nio.charset.StandardCharsets;

/** What a guest wrote on standard error: all of it, or its first and its last part. */
public final class GuestLog {

  /** Nothing was written. */
  public static final GuestLog EMPTY = new GuestLog(new byte[0], 0);

  private final byte[] bytes;
  private final long cutBytes;

  GuestLog(byte[] bytes, long cutBytes) {
    this.bytes = bytes;
    this.cutBytes = cutBytes;
  }

  /** A copy of what is kept, with a line that marks the cut when there is one. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** How many bytes were left out. */
  public long cutBytes() {
    return cutBytes;
  }

  /**
   * The last bytes as text; what is not UTF-8 is replaced. Control characters are kept: escape them
   * before a terminal sees them.
   *
   * @param maxBytes of the log, before decoding
   */
  public String tail(int maxBytes) {
    int from = Math.max(0, bytes.length - maxBytes);
    while (from > 0 && from < bytes.length && (bytes[from] & 0xC0) == 0x80) {
      from++; // inside a character
    }
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
  }
}
