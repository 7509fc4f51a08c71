package dev.limpet.node.invoke;

import dev.limpet.wasmhost.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the time of one call goes. */
final class CallTimes {
  private final long start = System.nanoTime();
  private long admitted = start;
  private long found = start;
  private long loaded = start;
  private Usage.@Nullable Times used;

  /**
   * A part of a call, in values of {@code System.nanoTime}.
   *
   * @param name as in {@code Server-Timing}
   */
  record Part(String name, long beganNanos, long endedNanos) {}

  /** When it began. */
  long start() {
    return start;
  }

  /** The parts that it came to, one after the other. */
  List<Part> parts() {
    List<Part> parts = new ArrayList<>(4);
    parts.add(new Part("queue", start, admitted));
    if (found > admitted) {
      parts.add(new Part("data", admitted, found));
    }
    Usage.Times times = used;
    if (times != null) {
      long began = loaded + times.queued().toNanos() + times.loaded().toNanos();
      parts.add(new Part("load", found, began));
      parts.add(new Part("run", began, began + times.ran().toNanos()));
    }
    return parts;
  }

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
    used = times;
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
