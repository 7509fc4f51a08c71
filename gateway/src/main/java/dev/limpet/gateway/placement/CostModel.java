package dev.limpet.gateway.placement;

/**
 * What it costs to run a call on a node: the time until the call can begin there. All of the model
 * is in this file; what it is made of is measured elsewhere ({@link Pace}, {@link KnownNode}).
 *
 * <p>The terms, in microseconds:
 *
 * <ul>
 *   <li>move: bytes that the node lacks, over the bandwidth measured when it last fetched, and
 *       {@link #FETCH_MICROS} for each fetch however small;
 *   <li>queue: 0 as long as the node has a free slot; else how long a slot takes to become free,
 *       from the calls there, its slots, and the time that calls took there of late;
 *   <li>cold: {@link #COLD_MICROS} when the node has not run the function lately and is not
 *       compiling it.
 * </ul>
 *
 * <p>The rule: bytes decide. A node that lacks data comes before those that hold it only when the
 * queue of each of these outweighs the move. Among nodes to which the same bytes move, queue and
 * cold decide together; among those, the homes of the call: the two nodes that the pair of function
 * and data hashes to (rendezvous hashing), so that the same call meets the same warm caches, and of
 * the two the one with fewer calls for its slots (the power of two choices).
 *
 * <p>The node that is thought to keep the answer of the call comes before all of these, whatever it
 * costs to run there: nothing runs, and nothing moves. One that lacks data is asked for the answer
 * alone, so that it moves nothing either when it has dropped it.
 */
final class CostModel {
  /** Bandwidth of a node that has fetched nothing yet: 100 Mbit/s, what an edge has at worst. */
  static final long UNMEASURED_BYTES_PER_SECOND = 12_500_000;

  /** Connecting, checking and storing, however little travels. */
  static final long FETCH_MICROS = 10_000;

  /** The time that a call takes on a node that has run none yet. */
  static final long UNMEASURED_RUN_MICROS = 10_000;

  /**
   * Loading a compiled module takes 3 ms and compiling one up to 500, once; counted as less than
   * that, because the calls that follow gain from it.
   */
  static final long COLD_MICROS = 20_000;

  /**
   * Added to the queue of a node that missed a heartbeat, since it may be gone: more than any queue
   * of a node that is here, so that it comes last.
   */
  static final long SUSPECT_MICROS = 600_000_000;

  /** An amount of bytes that nobody knows outweighs each queue. */
  static final long UNKNOWN_MICROS = Long.MAX_VALUE / 4;

  /**
   * Calls for each guest that a node runs at once, beyond which no data is moved to it: it would
   * come late, and the node is not idle.
   */
  static final int MAX_CALLS_PER_SLOT = 4;

  private static final long MICROS = 1_000_000;

  private CostModel() {}

  /** The move term; {@code bytes} is -1 when nobody knows. */
  static long moveMicros(long bytes, long bytesPerSecond) {
    if (bytes < 0) {
      return UNKNOWN_MICROS;
    }
    if (bytes == 0) {
      return 0;
    }
    long seconds = bytes / bytesPerSecond;
    return seconds > UNKNOWN_MICROS / MICROS / 2
        ? UNKNOWN_MICROS - 1
        : FETCH_MICROS + seconds * MICROS + bytes % bytesPerSecond * MICROS / bytesPerSecond;
  }

  /** The queue term: calls beyond the slots, and this one, at the pace of the node. */
  static long queueMicros(int calls, int slots, long runMicros) {
    return calls < slots ? 0 : (calls - slots + 1L) * runMicros / slots;
  }

  /** The cold term. */
  static long coldMicros(boolean warm) {
    return warm ? 0 : COLD_MICROS;
  }

  /** Whether nothing should be moved there, whatever it costs elsewhere. */
  static boolean isFull(int calls, int slots) {
    return calls >= (long) slots * MAX_CALLS_PER_SLOT;
  }

  /** Whether nothing but the home tells two nodes apart. */
  static boolean isEqual(Cost first, Cost second) {
    return first.moveMicros() == second.moveMicros()
        && first.queueMicros() == second.queueMicros()
        && first.coldMicros() == second.coldMicros();
  }

  /** Whether the first of two equal nodes has more calls for its slots than the second. */
  static boolean isBusier(Cost first, Cost second) {
    return (long) first.calls() * second.slots() > (long) second.calls() * first.slots();
  }

  /**
   * How much a node is the home of a call: the finalizer of MurmurHash3 over both.
   *
   * @param node hash of the node
   * @param call hash of function and data
   */
  static long home(int node, int call) {
    long z = ((long) node << 32) ^ (call & 0xffffffffL);
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
