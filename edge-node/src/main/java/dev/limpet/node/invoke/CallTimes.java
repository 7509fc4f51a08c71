package dev.limpet.node.invoke;

import dev.limpet.wasmhost.Usage;
import java.time.Duration;

/** Where the time of one call goes. */
final class CallTimes {
  private final long start = System.nanoTime();
  private long admitted = start;
  private long found = start;
  private long loaded = start;

  void admitted() {
    admitted = System.nanoTime();
    found = admitted;
    loaded = admitted;
  }

  void found() {
    found = System.nanoTime();
    loaded = found;
  }

  void loaded() {
    loaded = System.nanoTime();
  }

  /** The value of {@code Server-Timing} when nothing ran. */
  String text() {
    return text(Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  /** The value of {@code Server-Timing}; milliseconds with three decimals. */
  String text(Usage.Times times) {
    return text(times.queued(), times.loaded(), times.ran());
  }

  private String text(Duration queued, Duration instantiated, Duration ran) {
    StringBuilder out = new StringBuilder(80);
    part(out, "queue", admitted - start + queued.toNanos());
    part(out.append(", "), "data", found - admitted);
    part(out.append(", "), "load", loaded - found + instantiated.toNanos());
    part(out.append(", "), "run", ran.toNanos());
    return out.toString();
  }

  private static void part(StringBuilder out, String name, long nanos) {
    long micros = nanos / 1000;
    long rest = micros % 1000;
    out.append(name).append(";dur=").append(micros / 1000).append('.');
    out.append(rest < 100 ? rest < 10 ? "00" : "0" : "").append(rest);
  }
}
