package dev.limpet.benchmarks;

import java.util.Arrays;
import java.util.stream.IntStream;

/** What came of one part of a load, in arrays, so that keeping it costs the load nothing. */
final class LoadAnswers {
  private static final int FIRST = 1 << 12;
  private static final int NANOS_PER_MICRO = 1000;
  private static final double NANOS = 1e9;

  private int[] statuses = new int[FIRST];
  private long[] meant = new long[FIRST];
  private long[] sent = new long[FIRST];
  private long[] answered = new long[FIRST];
  private int count;
  private long unasked;
  private final long from;
  private long ended;

  /** Counts requests that are meant to start then or later. */
  LoadAnswers(long fromNanos) {
    from = fromNanos;
    ended = fromNanos;
  }

  /**
   * One answer; times on the clock of {@link System#nanoTime}.
   *
   * @param meantAt when its request was meant to start
   * @param sentAt when that was sent
   */
  void add(int status, long meantAt, long sentAt) {
    if (meantAt - from < 0) {
      return;
    }
    if (count == statuses.length) {
      int more = count * 2;
      statuses = Arrays.copyOf(statuses, more);
      meant = Arrays.copyOf(meant, more);
      sent = Arrays.copyOf(sent, more);
      answered = Arrays.copyOf(answered, more);
    }
    ended = System.nanoTime();
    statuses[count] = status;
    meant[count] = meantAt;
    sent[count] = sentAt;
    answered[count++] = ended;
  }

  /** No connection was left for a request. */
  void unasked(long meantAt) {
    unasked += meantAt - from < 0 ? 0 : 1;
  }

  /** Answers with this status. */
  long count(int status) {
    return IntStream.range(0, count).filter(at -> statuses[at] == status).count();
  }

  /** Requests without an answer that is one of these. */
  long failed(int... expected) {
    return unasked + count - Arrays.stream(expected).mapToLong(this::count).sum();
  }

  /** Answers of a status a second, until the last one of all. */
  double perSecond(int status) {
    return ended == from ? 0 : count(status) * NANOS / (ended - from);
  }

  /** From when requests were meant to start to their answers, in microseconds; -1 without any. */
  long micros(int status, double part) {
    return part(status, part, meant, answered);
  }

  /** The same from when they were sent. */
  long sentMicros(int status, double part) {
    return part(status, part, sent, answered);
  }

  /** How late requests were sent: the load's own delay, in microseconds; -1 without any. */
  long lateMicros(double part) {
    return part(0, part, meant, sent);
  }

  /** Status 0 is all of them. */
  private long part(int status, double part, long[] from, long[] to) {
    long[] sorted =
        IntStream.range(0, count)
            .filter(at -> status == 0 || statuses[at] == status)
            .mapToLong(at -> to[at] - from[at])
            .sorted()
            .toArray();
    return sorted.length == 0 ? -1 : sorted[(int) (sorted.length * part)] / NANOS_PER_MICRO;
  }
}
