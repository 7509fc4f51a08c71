package dev.limpet.content.unixfs;

/**
 * A range of bytes of a file whose size is not known yet (trustless gateway specification, {@code
 * entity-bytes}).
 *
 * @param from first byte; negative counts from the end
 * @param to last byte, included; negative counts from the end; {@link #END} means to the end
 */
public record ByteSpan(long from, long to) {
  /** To the end of the file. */
  public static final long END = Long.MAX_VALUE;

  /** Every byte. */
  public static final ByteSpan WHOLE = new ByteSpan(0, END);

  /** Whether every byte of any file is in it. */
  public boolean isWhole() {
    return equals(WHOLE);
  }

  /** The first byte in a file of that size, 0 to size. */
  long first(long size) {
    return from < 0 ? Math.max(0, size + from) : Math.min(from, size);
  }

  /**
   * The byte behind the last one in a file of that size; at most size, and less than first() for
   * none.
   */
  long end(long size) {
    long last = to < 0 ? size + to : to;
    return last >= size ? size : last + 1;
  }
}
