package dev.limpet.content.unixfs;

/**
 * Leaves of one size; the last one of a file may be smaller.
 *
 * @param bytes 1 to {@link Chunker#MAX_CHUNK_BYTES}
 */
public record FixedSize(int bytes) implements Chunker {
  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException when it is not met, with a sentence
   */
  public FixedSize {
    if (bytes < 1 || bytes > MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException("a chunk has 1 to " + MAX_CHUNK_BYTES + " bytes");
    }
  }

  @Override
  public int maxBytes() {
    return bytes;
  }

  @Override
  public int cut(byte[] content, int length) {
    return Math.min(length, bytes);
  }
}
