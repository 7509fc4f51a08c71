package dev.limpet.content.car;

/**
 * How much of a CAR is read before it is refused.
 *
 * @param bytes of the whole stream, at least 1
 * @param sections blocks in it, at least 1
 */
public record CarLimits(long bytes, long sections) {
  /** A header beyond this names more roots than anyone means. */
  public static final int MAX_HEADER_BYTES = 32 << 10;

  /** Roots of one CAR: 128 directories in one upload, some 5 KB of header. */
  public static final int MAX_ROOTS = 128;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is less than 1
   */
  public CarLimits {
    if (bytes < 1 || sections < 1) {
      throw new IllegalArgumentException("limits of a CAR are at least 1");
    }
  }

  /**
   * Only what one header and one block may take is bounded: for a receiver with a quota of its own.
   *
   * @return the limits
   */
  public static CarLimits unbounded() {
    return new CarLimits(Long.MAX_VALUE, Long.MAX_VALUE);
  }
}
