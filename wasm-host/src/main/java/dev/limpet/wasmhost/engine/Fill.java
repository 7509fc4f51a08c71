package dev.limpet.wasmhost.engine;

import java.util.Arrays;

/**
 * Sets bytes of a memory to one value.
 *
 * <p>A short fill goes in steps of eight bytes. The JIT makes of the JDK's fill a loop over wide
 * steps with a loop over bytes before and behind it, and a fill of 64 bytes, which is what Go does
 * for an array among the variables of a function, was done in those two alone.
 */
final class Fill {

  /** From so many bytes on the JDK's fill is faster. */
  static final int LONG = 256;

  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;

  private Fill() {}

  /** Sets the bytes of an array from one index up to another, which lies in it or at its end. */
  static void fill(byte[] array, int from, int to, byte value) {
    int length = to - from;
    if (length >= LONG) {
      Arrays.fill(array, from, to, value);
    } else if (length >= Long.BYTES) {
      fillByEights(array, from, length, (value & 0xFF) * EACH_BYTE);
    } else {
      for (int i = 0; i < length; i++) {
        array[from + i] = value;
      }
    }
  }

  /** The last eight bytes may be in the step before them, too. */
  private static void fillByEights(byte[] array, int from, int length, long eight) {
    int last = length - Long.BYTES;
    for (int i = 0; i < last; i += Long.BYTES) {
      Cells.J.set(array, from + i, eight);
    }
    Cells.J.set(array, from + last, eight);
  }
}
