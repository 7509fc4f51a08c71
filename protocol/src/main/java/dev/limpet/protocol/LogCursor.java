package dev.limpet.protocol;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;

/**
 * A place in a list of logs: lists are in the order of the ends of Executions, and of their ids
 * when they ended at once. It is the same on every node, so that the lists of several can be one.
 *
 * @param endedAt when the Execution ended, in whole milliseconds
 * @param execution its id
 */
public record LogCursor(Instant endedAt, ExecutionId execution) implements Comparable<LogCursor> {
  private static final Comparator<LogCursor> ORDER =
      Comparator.comparing(LogCursor::endedAt).thenComparing(LogCursor::execution);

  private static final int TIME_DIGITS = 15;

  /** Drops what is less than a millisecond. */
  public LogCursor {
    endedAt = Instant.ofEpochMilli(endedAt.toEpochMilli());
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws LimpetException {@code bad-query}
   */
  public static LogCursor parse(String text) {
    int dot = text.indexOf('.');
    try {
      if (dot > 0 && dot <= TIME_DIGITS) {
        Instant time = Instant.ofEpochMilli(Long.parseLong(text.substring(0, dot)));
        return new LogCursor(time, ExecutionId.parse(text.substring(dot + 1)));
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw Page.badCursor(e);
    }
    throw Page.badCursor(null);
  }

  @Override
  public int compareTo(LogCursor other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return endedAt.toEpochMilli() + "." + execution;
  }
}
