package dev.limpet.gateway.call;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The {@code traceparent} of a request to a node (W3C Trace Context, level 1): the caller's trace
 * with an id of the gateway's own for its part of it. What is malformed is replaced by a new trace;
 * who sends none gets none.
 */
final class TraceParent {
  private static final int CHARS = 55;
  private static final int TRACE_AT = 3;
  private static final int PARENT_AT = 36;
  private static final int FLAGS_AT = 53;
  private static final int VERSION_DIGITS = 2;
  private static final int TRACE_DIGITS = 32;
  private static final int PARENT_DIGITS = 16;
  private static final int HALF_DIGITS = 16;

  private TraceParent() {}

  /**
   * What the node is told; null when the caller sent none.
   *
   * @param lines all that the caller sent
   */
  static @Nullable String next(List<String> lines) {
    if (lines.isEmpty()) {
      return null;
    }
    StringBuilder out = new StringBuilder(CHARS).append("00-");
    String from = lines.size() == 1 && isValid(lines.getFirst()) ? lines.getFirst() : null;
    if (from == null) {
      hex(out, random());
      hex(out, random());
    } else {
      out.append(from, TRACE_AT, TRACE_AT + TRACE_DIGITS);
    }
    hex(out.append('-'), random());
    return out.append(from != null && isSampled(from) ? "-01" : "-00").toString();
  }

  /** Whether this is of version 00, or of a later one that begins as that does. */
  static boolean isValid(String text) {
    boolean later = !text.startsWith("00");
    boolean fits =
        text.length() == CHARS || (later && text.length() > CHARS && text.charAt(CHARS) == '-');
    return fits
        && !text.startsWith("ff")
        && text.charAt(TRACE_AT - 1) == '-'
        && text.charAt(PARENT_AT - 1) == '-'
        && text.charAt(FLAGS_AT - 1) == '-'
        && isHex(text, 0, VERSION_DIGITS)
        && isId(text, TRACE_AT, TRACE_DIGITS)
        && isId(text, PARENT_AT, PARENT_DIGITS)
        && isHex(text, FLAGS_AT, 2);
  }

  private static boolean isSampled(String valid) {
    return (Character.digit(valid.charAt(FLAGS_AT + 1), 16) & 1) == 1;
  }

  private static boolean isHex(String text, int from, int digits) {
    for (int i = from; i < from + digits; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /** Hex that is not all zeros. */
  private static boolean isId(String text, int from, int digits) {
    for (int i = from; i < from + digits; i++) {
      if (text.charAt(i) != '0') {
        return isHex(text, from, digits);
      }
    }
    return false;
  }

  /** Not zero: that would be no id. */
  private static long random() {
    return ThreadLocalRandom.current().nextLong() | 1;
  }

  private static void hex(StringBuilder out, long value) {
    for (int i = HALF_DIGITS - 1; i >= 0; i--) {
      out.append(Character.forDigit((int) (value >>> (i * 4)) & 0xf, 16));
    }
  }
}
