package dev.limpet.protocol.trace;

import java.util.Map;

/**
 * A part of a trace that has ended.
 *
 * @param context whose span this is
 * @param parent the span that caused it, 16 hexadecimal digits; empty for the first of a trace
 * @param name what was done, one of few
 * @param kind on whose side
 * @param time when
 * @param failed whether it did not do what it was to
 * @param attributes texts and whole numbers
 */
public record Span(
    TraceContext context,
    String parent,
    String name,
    Kind kind,
    Time time,
    boolean failed,
    Map<String, Object> attributes) {
  /** On whose side, as OTLP numbers it. */
  public enum Kind {
    /** Within a process. */
    INTERNAL(1),
    /** Who answers. */
    SERVER(2),
    /** Who asks. */
    CLIENT(3);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /**
   * When it was.
   *
   * @param beginNanos since 1970
   * @param endNanos since 1970, not before
   */
  public record Time(long beginNanos, long endNanos) {}
}
