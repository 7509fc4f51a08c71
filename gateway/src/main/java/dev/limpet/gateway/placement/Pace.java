package dev.limpet.gateway.placement;

/**
 * How fast a node has been of late, from what it says in {@code Server-Timing}: means in which each
 * call counts an eighth. Calls on all event loops write it; of two at once one may be lost, which
 * does no harm. A node that lies about it only loses or gets calls.
 */
public final class Pace {
  /** What is fetched below this tells how long a connection takes, not how fast it is. */
  static final long LEAST_MEASURED_BYTES = 256 << 10;

  /** Longer is no measure: a node ends calls before that. */
  static final long MOST_MICROS = 3_600_000_000L;

  private static final int OLD = 7;
  private static final int ALL = 8;
  private static final long MICROS = 1_000_000;
  private static final double MOST_PER_SECOND = 1e12;

  private volatile long runMicros = CostModel.UNMEASURED_RUN_MICROS;
  private volatile long bytesPerSecond = CostModel.UNMEASURED_BYTES_PER_SECOND;

  /** How long calls took. */
  public long runMicros() {
    return runMicros;
  }

  /** How fast data came there. */
  public long bytesPerSecond() {
    return bytesPerSecond;
  }

  /**
   * Learns from a call that has ended.
   *
   * @param ranMicros how long it ran; negative when that is not known
   * @param fetchMicros how long its data took; not positive when that is not known
   * @param bytesFetched what the node fetched for it
   */
  public void learn(long ranMicros, long fetchMicros, long bytesFetched) {
    if (ranMicros >= 0) {
      runMicros = mean(runMicros, Math.min(ranMicros, MOST_MICROS));
    }
    if (fetchMicros > 0 && bytesFetched >= LEAST_MEASURED_BYTES) {
      double perSecond = (double) bytesFetched / fetchMicros * MICROS;
      bytesPerSecond = mean(bytesPerSecond, (long) Math.min(perSecond, MOST_PER_SECOND));
    }
  }

  private static long mean(long old, long now) {
    return Math.max(1, (OLD * old + now) / ALL);
  }
}
