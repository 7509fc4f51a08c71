package dev.limpet.content.unixfs;

/**
 * Leaves that end where the fingerprint of the last 16 bytes (Rabin 1981) ends in zeros. The
 * fingerprint is the rest of these bytes, read as a polynomial over GF(2), by the one of degree 53
 * that Kubo uses.
 *
 * @param minBytes size of the smallest leaf but for the last of a file, 16 or more
 * @param averageBytes more than {@code minBytes}; the power of two at or below it is the number of
 *     places of which one ends a leaf
 * @param maxBytes size of the largest leaf, more than {@code averageBytes}
 */
public record Rabin(int minBytes, int averageBytes, int maxBytes) implements Chunker {
  /** What {@code rabin} without numbers is around. */
  public static final int USUAL_BYTES = 256 << 10;

  /** How many bytes decide. */
  private static final int WINDOW = 16;

  private static final long POLYNOMIAL = 17_437_180_132_763_653L;
  private static final int DEGREE = 53;
  private static final int OCTETS = 256;

  /** By the eight bits from the degree on: what takes them away and adds their rest. */
  private static final long[] REDUCED = new long[OCTETS];

  /** By the octet that leaves the window: what it has become in the fingerprint by then. */
  private static final long[] LEAVING = new long[OCTETS];

  static {
    for (int octet = 0; octet < OCTETS; octet++) {
      long high = (long) octet << DEGREE;
      REDUCED[octet] = high ^ rest(high);
    }
    for (int octet = 0; octet < OCTETS; octet++) {
      long value = octet;
      for (int i = 1; i < WINDOW; i++) {
        value = shifted(value, (byte) 0);
      }
      LEAVING[octet] = value;
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is not met, with a sentence
   */
  public Rabin {
    if (minBytes < WINDOW) {
      throw new IllegalArgumentException(
          "the smallest chunk of rabin has " + WINDOW + " bytes or more, the average three times");
    }
    if (minBytes >= averageBytes || averageBytes >= maxBytes) {
      throw new IllegalArgumentException("of rabin the average is between smallest and largest");
    }
    if (maxBytes > MAX_CHUNK_BYTES) {
      throw new IllegalArgumentException("a chunk has " + MAX_CHUNK_BYTES + " bytes at most");
    }
  }

  /**
   * With a third of the average as the smallest leaf, and three halves as the largest.
   *
   * @param averageBytes 48 to two thirds of {@link Chunker#MAX_CHUNK_BYTES}
   * @return the chunker
   * @throws IllegalArgumentException when it is something else, with a sentence
   */
  public static Rabin around(int averageBytes) {
    return new Rabin(averageBytes / 3, averageBytes, averageBytes + averageBytes / 2);
  }

  @Override
  public int cut(byte[] bytes, int length) {
    int end = Math.min(length, maxBytes);
    if (end <= minBytes) {
      return end;
    }
    long mask = Integer.highestOneBit(averageBytes) - 1L;
    long fingerprint = 0;
    for (int i = minBytes - WINDOW; i < minBytes; i++) {
      fingerprint = shifted(fingerprint, bytes[i]);
    }
    for (int i = minBytes; i < end; i++) {
      if ((fingerprint & mask) == 0) {
        return i;
      }
      fingerprint = shifted(fingerprint ^ LEAVING[bytes[i - WINDOW] & 0xff], bytes[i]);
    }
    return end;
  }

  private static long shifted(long fingerprint, byte octet) {
    return (fingerprint << 8 | (octet & 0xff)) ^ REDUCED[(int) (fingerprint >>> (DEGREE - 8))];
  }

  /** The rest by the polynomial; slow, for tables. */
  private static long rest(long polynomial) {
    long rest = polynomial;
    for (int bit = Long.SIZE - 1; bit >= DEGREE; bit--) {
      if ((rest >>> bit & 1) != 0) {
        rest ^= POLYNOMIAL << (bit - DEGREE);
      }
    }
    return rest;
  }
}
