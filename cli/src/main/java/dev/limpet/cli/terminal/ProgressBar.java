package dev.limpet.cli.terminal;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Bytes or calls done, the rate and what is left, on one line of standard error: only where a
 * person watches it, and painted at most ten times a second.
 */
public final class ProgressBar implements AutoCloseable {
  private static final long PAINT_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int WIDTH = 24;

  private final Terminal terminal;
  private final String what;
  private final long total;
  private final LongFunction<String> amount;
  private final long started = System.nanoTime();
  private long painted = started;
  private long done;

  /**
   * @param what a word or two, such as {@code adding flights}
   * @param total bytes in all, or -1 when unknown
   */
  public ProgressBar(Terminal terminal, String what, long total) {
    this(terminal, what, total, Amounts::bytes);
  }

  private ProgressBar(Terminal terminal, String what, long total, LongFunction<String> amount) {
    this.terminal = terminal;
    this.what = Escape.controls(what);
    this.total = total;
    this.amount = amount;
  }

  /** The same for calls in place of bytes. */
  public static ProgressBar ofCalls(Terminal terminal, String what, long total) {
    return new ProgressBar(terminal, what, total, calls -> Amounts.count(calls, "call"));
  }

  /** Counts so many more. */
  public synchronized void advance(long more) {
    done += more;
    long now = System.nanoTime();
    if (terminal.isWatched() && now - painted >= PAINT_EVERY_NANOS) {
      painted = now;
      terminal.paint("\r\u001b[K" + line(now));
    }
  }

  private String line(long now) {
    double seconds = Math.max(1e-3, (now - started) / 1e9);
    double rate = done / seconds;
    String speed = amount.apply((long) rate) + "/s";
    if (total <= 0) {
      return what + "  " + amount.apply(done) + "  " + speed;
    }
    int filled = (int) (WIDTH * Math.min(done, total) / total);
    String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
    long left = rate < 1 ? 0 : (long) ((total - done) / rate);
    return String.format(
        Locale.ROOT,
        "%s  [%s] %d%%  %s of %s  %s  %d s left",
        what,
        bar,
        100 * done / total,
        amount.apply(done),
        amount.apply(total),
        speed,
        left);
  }

  /** Takes the bar away. */
  @Override
  public synchronized void close() {
    if (terminal.isWatched() && painted != started) {
      terminal.paint("\r\u001b[K");
    }
  }
}
