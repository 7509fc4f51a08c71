package dev.limpet.wasmhost.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The array of the last guest of a thread, for the next one that wants the same length. Zeroing an
 * array that is warm costs a fraction of a new one, which comes cold from the heap and goes to the
 * collector a millisecond later.
 *
 * <p>It is not in the budget of guests: a thread keeps one at most, and goes after a minute without
 * a guest.
 */
final class KeptArray {

  /** Larger ones are rare, and better back on the heap. */
  static final int MAX_KEPT_ARRAY_BYTES = 1 << 20;

  private static final ThreadLocal<byte[]> KEPT = new ThreadLocal<>();

  private KeptArray() {}

  /** An array of zeros: the kept one if it fits, else a new one. */
  static byte[] take(int length) {
    byte @Nullable [] kept = KEPT.get();
    if (kept == null || kept.length != length) {
      return new byte[length];
    }
    KEPT.remove(); // nobody else may take it, whatever becomes of this guest
    Arrays.fill(kept, (byte) 0);
    return kept;
  }

  /** Keeps an array that nobody uses any more. */
  static void leave(byte[] array) {
    if (array.length <= MAX_KEPT_ARRAY_BYTES) {
      KEPT.set(array);
    }
  }
}
