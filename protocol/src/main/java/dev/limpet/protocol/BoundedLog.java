package dev.limpet.protocol;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lines of the log that a stranger can cause as often as he likes: some a minute, and the first one
 * after that says how many were left out.
 */
public final class BoundedLog {
  /** Enough to see what goes on; a day of nothing else is some megabytes. */
  static final int MAX_LINES_A_MINUTE = 20;

  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final System.Logger log;
  private final LongSupplier nanoTime;
  private long beganNanos;
  private int lines;
  private long leftOut;

  /** Lines of this log. */
  public BoundedLog(System.Logger log) {
    this(log, System::nanoTime);
  }

  /**
   * With a clock of its own.
   *
   * @param nanoTime counts like {@link System#nanoTime}
   */
  BoundedLog(System.Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    this.beganNanos = nanoTime.getAsLong();
  }

  /**
   * Writes a line, if this minute has room for it.
   *
   * @param thrown whose stack is written below it; null for none
   */
  public void say(Level level, String line, @Nullable Throwable thrown) {
    String more = room();
    if (more != null) {
      log.log(level, line + more, thrown);
    }
  }

  /** What is to be said behind the next line; null when there is no room for one. */
  private synchronized @Nullable String room() {
    long now = nanoTime.getAsLong();
    String more = "";
    if (now - beganNanos >= MINUTE_NANOS) {
      more = leftOut == 0 ? "" : " (and before it " + leftOut + " that were left out)";
      beganNanos = now;
      lines = 0;
      leftOut = 0;
    }
    if (lines == MAX_LINES_A_MINUTE) {
      leftOut++;
      return null;
    }
    lines++;
    return more;
  }
}
