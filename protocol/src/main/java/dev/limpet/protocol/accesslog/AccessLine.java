package dev.limpet.protocol.accesslog;

import dev.limpet.protocol.AsciiJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One line of the log while it is written: a JSON object whose strings are ASCII, so that nothing
 * that a stranger sent reaches a terminal, or ends a line, as it is.
 */
public final class AccessLine {
  /** Longest string; a path may have 8 KiB, and its end tells little. */
  static final int MAX_FIELD_CHARS = 1024;

  private static final int MICROS_A_MILLI = 1000;

  private final StringBuilder out = new StringBuilder(400);

  /** A line that begins with when the request came. */
  public AccessLine(Instant time) {
    out.append("{\"time\":\"").append(time.truncatedTo(ChronoUnit.MILLIS)).append('"');
  }

  /** A string, cut when it is long; nothing when there is none. */
  public AccessLine text(String name, @Nullable String value) {
    if (value == null || value.isEmpty()) {
      return this;
    }
    out.append(",\"").append(name).append("\":\"");
    int end = Math.min(value.length(), MAX_FIELD_CHARS);
    AsciiJson.append(out, value, end);
    out.append(end < value.length() ? "...\"" : "\"");
    return this;
  }

  /** The path of a target: what stands behind {@code ?} may be a secret, and is left out. */
  public AccessLine path(@Nullable String target) {
    int query = target == null ? -1 : target.indexOf('?');
    return text("path", query < 0 || target == null ? target : target.substring(0, query));
  }

  /** A whole number. */
  public AccessLine number(String name, long value) {
    out.append(",\"").append(name).append("\":").append(value);
    return this;
  }

  /** Milliseconds with three decimals. */
  public AccessLine millis(String name, long nanos) {
    long micros = Math.max(0, nanos / 1000);
    long rest = micros % MICROS_A_MILLI;
    out.append(",\"").append(name).append("\":").append(micros / MICROS_A_MILLI).append('.');
    out.append(rest < 100 ? rest < 10 ? "00" : "0" : "").append(rest);
    return this;
  }

  /** The whole line without its end. */
  String end() {
    return out.append('}').toString();
  }
}
