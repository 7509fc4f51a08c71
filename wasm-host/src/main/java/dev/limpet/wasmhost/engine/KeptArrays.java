package dev.limpet.wasmhost.engine;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of guests that have ended, for the next ones, whatever their functions are. Zeroing what a
 * guest could write of an array that is warm costs a fraction of a new one, which comes cold from
 * the heap and goes to the collector a millisecond later.
 *
 * <p>Arrays have few lengths ({@link #sizeClass}), so that functions share them. Who takes one has
 * it alone, and finds only zeros. They are not in the budget of guests, but bounded all together;
 * those that were not used for longest go first, and all of them when no guest has left one for a
 * minute or two, on whatever thread it ran.
 */
final class KeptArrays {

  /** Larger ones are rare, and better back on the heap. */
  static final int MAX_KEPT_ARRAY_BYTES = 4 << 20;

  /** All together, in one process. */
  static final int MAX_KEPT_BYTES = 16 << 20;

  /** As many as there are guests at once, so that looking through them is short. */
  static final int MAX_KEPT_ARRAYS = 64;

  /** Between looks whether guests are away: all arrays go after one to two of these. */
  private static final long AWAY_SECONDS = 60;

  /** One for all sandboxes of the process. */
  static final KeptArrays SHARED =
      new KeptArrays(CompletableFuture.delayedExecutor(AWAY_SECONDS, TimeUnit.SECONDS));

  private static final int PAGE = GuestMemory.PAGE_SIZE;

  /** Steps between a length and its double: at most a quarter of an array is not needed. */
  private static final int STEPS = 4;

  private record Kept(byte[] array, int touched) {}

  /** The last one first. */
  private final Deque<Kept> kept = new ArrayDeque<>();

  private final Executor later;
  private int bytes;

  /** How many were left, ever; it may overflow. */
  private int left;

  /** Whether somebody will look whether guests are away. */
  private boolean watched;

  /**
   * Keeps none.
   *
   * @param later runs what it is given after a while; two of these without a guest are long
   */
  KeptArrays(Executor later) {
    this.later = later;
  }

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
    left++;
    watch();
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

  private void watch() {
    if (!watched) {
      watched = true;
      int before = left;
      later.execute(() -> look(before));
    }
  }

  private synchronized void look(int before) {
    watched = false;
    if (left == before) {
      clear();
    } else {
      watch();
    }
  }

  /** Gives all of them back to the heap. */
  synchronized void clear() {
    kept.clear();
    bytes = 0;
  }
}
