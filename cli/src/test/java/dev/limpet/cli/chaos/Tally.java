package dev.limpet.cli.chaos;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What became of the calls. Used by many threads. */
final class Tally {
  private static final double PERCENT = 100;

  /** Wrong answers that are told; of the others only how many. */
  private static final int MOST_TOLD = 20;

  private final Map<String, Integer> failures = new TreeMap<>();
  private final List<String> wrong = new CopyOnWriteArrayList<>();
  private int calls;
  private int right;
  private int wrongs;
  private int inARow;

  synchronized void right() {
    calls++;
    right++;
    inARow++;
  }

  synchronized void failed(String code) {
    calls++;
    inARow = 0;
    failures.merge(code, 1, Integer::sum);
  }

  synchronized void wrong(String what) {
    calls++;
    inARow = 0;
    wrongs++;
    if (wrongs <= MOST_TOLD) {
      wrong.add(what);
    }
  }

  /** Calls that have ended. */
  synchronized int calls() {
    return calls;
  }

  /** Right answers since the last that was none. */
  synchronized int rightInARow() {
    return inARow;
  }

  /** Answers that no fault excuses, the first of them. */
  List<String> wrong() {
    return Collections.unmodifiableList(wrong);
  }

  /** The part of the calls that got no answer, in percent. */
  synchronized double errorPercent() {
    return PERCENT * (calls - right) / Math.max(1, calls);
  }

  @Override
  public synchronized String toString() {
    String told = wrong.isEmpty() ? "" : "\n" + String.join("\n", wrong);
    return "%d calls, %d right, %d wrong, %.1f %% without an answer %s%s"
        .formatted(calls, right, wrongs, errorPercent(), failures, told);
  }
}
