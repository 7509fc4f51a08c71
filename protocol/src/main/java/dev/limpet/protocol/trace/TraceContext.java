package dev.limpet.protocol.trace;

import dev.limpet.protocol.access.HeaderLines;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The place of a request in a trace (W3C Trace Context, level 1).
 *
 * @param trace 32 hexadecimal digits, not all zero
 * @param span 16 of them: who made the request, or who answers it
 * @param sampled whether its spans are to be recorded
 * @param state {@code tracestate} as it came, which is others' and goes on unread; or empty
 */
public record TraceContext(String trace, String span, boolean sampled, String state) {
  /** The header with trace, span and flags. */
  public static final String PARENT = "traceparent";

  /** The header with what others add. */
  public static final String STATE = "tracestate";

  /** W3C Trace Context, section 3.3.1.5: what must at least be passed on; more is left out. */
  public static final int MAX_STATE_CHARS = 512;

  /** Section 3.3.1.1: list members. */
  public static final int MAX_STATE_MEMBERS = 32;

  private static final int CHARS = 55;
  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = 36;
  private static final int FLAGS_AT = 53;
  private static final int VERSION_DIGITS = 2;
  private static final int TRACE_DIGITS = 32;
  private static final int SPAN_DIGITS = 16;

  /**
   * Reads the headers of a request; null when there is no trace, or a malformed one: who gets that
   * begins a new one, and may not read the state of the old (section 4.3).
   */
  public static @Nullable TraceContext of(HeaderLines headers) {
    return read(headers.values(PARENT), headers.values(STATE));
  }

  static @Nullable TraceContext read(List<String> parents, List<String> states) {
    if (parents.size() != 1 || !isValid(parents.getFirst())) {
      return null;
    }
    String parent = parents.getFirst();
    return new TraceContext(
        parent.substring(TRACE_AT, TRACE_AT + TRACE_DIGITS),
        parent.substring(SPAN_AT, SPAN_AT + SPAN_DIGITS),
        (Character.digit(parent.charAt(FLAGS_AT + 1), 16) & 1) == 1,
        state(states));
  }

  /** A trace that begins here. */
  public static TraceContext begin(boolean sampled) {
    return new TraceContext(randomId() + randomId(), randomId(), sampled, "");
  }

  /** The same trace with a span of its own for what is done next. */
  public TraceContext next() {
    return new TraceContext(trace, randomId(), sampled, state);
  }

  /** The value of {@code traceparent}. */
  public String parent() {
    return "00-" + trace + "-" + span + (sampled ? "-01" : "-00");
  }

  /** Whether this is of version 00, or of a later one that begins as that does. */
  static boolean isValid(String text) {
    boolean later = !text.startsWith("00");
    boolean fits =
        text.length() == CHARS || (later && text.length() > CHARS && text.charAt(CHARS) == '-');
    return fits
        && !text.startsWith("ff")
        && text.charAt(TRACE_AT - 1) == '-'
        && text.charAt(SPAN_AT - 1) == '-'
        && text.charAt(FLAGS_AT - 1) == '-'
        && isHex(text, 0, VERSION_DIGITS)
        && isId(text, TRACE_AT, TRACE_DIGITS)
        && isId(text, SPAN_AT, SPAN_DIGITS)
        && isHex(text, FLAGS_AT, 2);
  }

  /** All lines as one; empty when that is too much, or nothing that a header can carry. */
  private static String state(List<String> lines) {
    String joined = String.join(",", lines);
    boolean fits =
        joined.length() <= MAX_STATE_CHARS
            && joined.chars().filter(c -> c == ',').count() < MAX_STATE_MEMBERS
            && joined.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t')
            && joined.indexOf('=') > 0;
    return fits ? joined : "";
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

  /** Of a span, or half of a trace. Not all zeros: that would be no id. */
  private static String randomId() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
  }
}
