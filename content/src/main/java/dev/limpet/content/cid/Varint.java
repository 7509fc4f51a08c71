package dev.limpet.content.cid;

import java.nio.ByteBuffer;

/**
 * Unsigned varints of the multiformats: seven bits a byte, least significant first, at most nine
 * bytes (63 bits), and only the shortest form of a value.
 */
public final class Varint {
  /** The multiformats specification allows nine bytes, so that a value fits a signed long. */
  public static final int MAX_VARINT_BYTES = 9;

  private static final int PAYLOAD_BITS = 7;
  private static final int PAYLOAD_MASK = 0x7f;
  private static final int CONTINUATION = 0x80;

  private Varint() {}

  /**
   * Reads one varint and moves the buffer behind it.
   *
   * @param buffer the bytes to read from
   * @return the value, never negative
   * @throws CidFormatException when the varint is cut, longer than nine bytes or not minimal
   */
  public static long read(ByteBuffer buffer) {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (!buffer.hasRemaining()) {
        throw new CidFormatException("a varint ends too early");
      }
      byte next = buffer.get();
      value |= (long) (next & PAYLOAD_MASK) << (PAYLOAD_BITS * i);
      if ((next & CONTINUATION) == 0) {
        if (next == 0 && i > 0) {
          throw new CidFormatException("a varint is not in its shortest form");
        }
        return value;
      }
    }
    throw new CidFormatException("a varint is longer than " + MAX_VARINT_BYTES + " bytes");
  }

  /**
   * Writes the shortest form of a value.
   *
   * @param value not negative
   * @param target receives at most nine bytes
   */
  public static void write(long value, ByteBuffer target) {
    requireNotNegative(value);
    long rest = value;
    while (rest > PAYLOAD_MASK) {
      target.put((byte) ((rest & PAYLOAD_MASK) | CONTINUATION));
      rest >>>= PAYLOAD_BITS;
    }
    target.put((byte) rest);
  }

  /**
   * The shortest form of a value.
   *
   * @param value not negative
   * @return one to nine bytes
   */
  public static byte[] encode(long value) {
    ByteBuffer buffer = ByteBuffer.allocate(size(value));
    write(value, buffer);
    return buffer.array();
  }

  /**
   * How many bytes the shortest form of a value takes.
   *
   * @param value not negative
   * @return 1 to 9
   */
  public static int size(long value) {
    requireNotNegative(value);
    int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
    return (bits + PAYLOAD_BITS - 1) / PAYLOAD_BITS;
  }

  private static void requireNotNegative(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a varint cannot be negative: " + value);
    }
  }
}
