package dev.limpet.wasmhost.engine;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of guests that have ended, for the next ones, whatever their functions are. Zeroing what a
 * guest could write of an array that is warm costs a fraction of a new one, which comes cold from
 * the heap and goes to the collector a millisecond later.
 *
 * <p>Arrays have few lengths ({@link #sizeClass}), so that functions share them. Who takes one has
 * it alone, and finds only zeros. They are not in the budget of guests, but bounded all together;
 * those that were not used for longest go first, and all of them when guests have been away for a
 * minute ({@link #clear}).
 */
public final class KeptArrays {

  /** Larger ones are rare, and better back on the heap. */
  static final int MAX_KEPT_ARRAY_BYTES = 4 << 20;

  /** All together, in one process. */
  static final int MAX_KEPT_BYTES = 16 << 20;

  /** As many as there are guests at once, so that looking through them is short. */
  static final int MAX_KEPT_ARRAYS = 64;

  /** One for all sandboxes of the process. */
  static final KeptArrays SHARED = new KeptArrays();

  private static final int PAGE = GuestMemory.PAGE_SIZE;

  /** Steps between a length and its double: at most a quarter of an array is not needed. */
  private static final int STEPS = 4;

  private record Kept(byte[] array, int touched) {}

  /** The last one first. */
  private final Deque<Kept> kept = new ArrayDeque<>();

  private int bytes;

  KeptArrays() {}

  /** The length of arrays that hold so many bytes. */
  static int sizeClass(int length) {
    int pages = (int) (((long) length + PAGE - 1) / PAGE);
    int step = Math.max(1, Integer.highestOneBit(Math.max(1, pages - 1)) / STEPS);
    long rounded = (long) (pages + step - 1) / step * step * PAGE;
    return (int) Math.min(Integer.MAX_VALUE, rounded);
  }

  /** An array of zeros of just that length: a kept one, or a new one. */
  byte[] take(int length) {
    Kept found = find(length);
    if (found == null) {
      return new byte[length];
    }
    Arrays.fill(found.array, 0, found.touched, (byte) 0);
    return found.array;
  }

  private synchronized @Nullable Kept find(int length) {
    for (Iterator<Kept> all = kept.iterator(); all.hasNext(); ) {
      Kept each = all.next();
      if (each.array.length == length) {
        all.remove(); // nobody else may take it, whatever becomes of this guest
        bytes -= length;
        return each;
      }
    }
    return null;
  }

  /**
   * Keeps an array that nobody uses any more.
   *
   * @param touched so many bytes at its start may be other than zero
   */
  synchronized void leave(byte[] array, int touched) {
    if (array.length == 0 || array.length > MAX_KEPT_ARRAY_BYTES) {
      return;
    }
    kept.addFirst(new Kept(array, touched));
    bytes += array.length;
    while (bytes > MAX_KEPT_BYTES || kept.size() > MAX_KEPT_ARRAYS) {
      bytes -= kept.removeLast().array.length;
    }
  }

  /** Bytes of all that are kept. */
  synchronized int bytes() {
    return bytes;
  }

  private synchronized void forgetAll() {
    kept.clear();
    bytes = 0;
  }

  /** Gives all of them back to the heap: there have been no guests for a while. */
  public static void clear() {
    SHARED.forgetAll();
  }
}
