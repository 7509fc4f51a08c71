package dev.limpet.benchmarks.hot;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;

/**
 * Measures an operation in slices that alternate with slices of its yardstick. It counts CPU time
 * and bytes of threads, never wall time; what looking at them allocates is taken off. Of each kind
 * of slice the lowest tenth counts: load beside it empties caches between slices and within them,
 * which makes some dearer and none cheaper, while a change of the code is in all of them. How often
 * everything runs is fixed, so that the JVM compiles the same each time.
 */
public final class CostMeter {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Pairs before the first that counts: the JVM's second compiler has been there by then. */
  private static final int WARM_UP_PAIRS = 100;

  private static final int PAIRS = 61;

  /** One in so many slices ran undisturbed, on the busiest machine. */
  private static final int UNDISTURBED = 10;

  /** What the JVM may allocate in a slice beside what is measured: a boxed number, say. */
  private static final int SMALL_OBJECT_BYTES = 24;

  /** Threads that run guests; the others of a JVM take no part in an operation. */
  private static final String GUEST_THREADS = "limpet-guest-";

  /** Keeps results alive, so that no work is left out. */
  @SuppressWarnings("UnusedVariable") // written so that the compiler must make it
  private volatile Object sink = "";

  /** What threads had used at a moment. */
  private record Used(long nanos, long bytes) {
    Used since(Used before) {
      return new Used(nanos - before.nanos, bytes - before.bytes);
    }
  }

  /** Measures an operation; takes about a second of CPU. */
  public Cost measure(HotOperation operation) {
    for (int pair = 0; pair < WARM_UP_PAIRS; pair++) {
      reference(operation.yardstick());
      subject(operation);
    }
    long[] threads = threads();
    double[] looks = looks(threads);
    double[] references = new double[PAIRS];
    double[] subjects = new double[PAIRS];
    double[] bytes = new double[PAIRS];
    for (int pair = 0; pair < PAIRS; pair++) {
      Used start = used(threads);
      reference(operation.yardstick());
      Used middle = used(threads);
      subject(operation);
      Used end = used(threads);
      references[pair] = (double) middle.since(start).nanos / operation.yardstick().runs();
      subjects[pair] = (double) end.since(middle).nanos / operation.runs();
      bytes[pair] = end.since(middle).bytes;
    }
    return new Cost(
        operation.name(),
        ofSlices(bytes, looks) / operation.runs(),
        ofSorted(subjects, PAIRS / UNDISTURBED) / ofSorted(references, PAIRS / UNDISTURBED),
        operation.yardstick());
  }

  /** Bytes between two looks with nothing between them: what they allocate themselves. */
  private static double[] looks(long[] threads) {
    double[] bytes = new double[PAIRS];
    for (int pair = 0; pair < PAIRS; pair++) {
      Used before = used(threads);
      bytes[pair] = used(threads).since(before).bytes;
    }
    return bytes;
  }

  /**
   * The bytes of a slice: the median, less the median of what looking takes. So little that it may
   * be one small object of the JVM's is none.
   *
   * @param slices each with one look in it
   * @param looks with nothing in them
   */
  static double ofSlices(double[] slices, double[] looks) {
    double bytes = ofSorted(slices, slices.length / 2) - ofSorted(looks, looks.length / 2);
    return bytes <= SMALL_OBJECT_BYTES ? 0 : bytes;
  }

  private void reference(Yardstick yardstick) {
    for (int i = 0; i < yardstick.runs(); i++) {
      sink = yardstick.run();
    }
  }

  private void subject(HotOperation operation) {
    HotOperation.Body body = operation.body();
    for (int i = 0; i < operation.runs(); i++) {
      sink = body.run();
    }
  }

  private static Used used(long[] threads) {
    long nanos = 0;
    for (long cpu : THREADS.getThreadCpuTime(threads)) {
      nanos += cpu;
    }
    long bytes = 0;
    for (long allocated : THREADS.getThreadAllocatedBytes(threads)) {
      bytes += allocated;
    }
    return new Used(nanos, bytes);
  }

  /** The thread that asks, and those that it hands work to. */
  private static long[] threads() {
    long self = Thread.currentThread().threadId();
    return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
        .filter(info -> info != null && takesPart(info, self))
        .mapToLong(ThreadInfo::getThreadId)
        .toArray();
  }

  private static boolean takesPart(ThreadInfo info, long self) {
    String name = info.getThreadName();
    return info.getThreadId() == self
        || name.startsWith(GUEST_THREADS)
        || name.equals(Yardstick.THREAD);
  }

  private static double ofSorted(double[] values, int place) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[place];
  }
}
