package dev.limpet.protocol;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 250ms}, {@code 2s}, {@code 5m}, {@code 1h}, {@code 7d}.
 */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})(ms|s|m|h|d)");

  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private static final String[] LARGEST_FIRST = {"d", "h", "m", "s"};

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @return 0 or more whole milliseconds
   * @throws IllegalArgumentException when it has another form or does not fit 63 bits of
   *     milliseconds
   */
  public static Duration parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected a duration such as 250ms, 2s, 5m, 1h or 7d");
    }
    try {
      long unit = MILLIS.getOrDefault(matcher.group(2), 1L);
      return Duration.ofMillis(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("this duration is too long", e);
    }
  }

  /** The shortest exact form, such as {@code 90s}; milliseconds at the finest. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : LARGEST_FIRST) {
      long size = MILLIS.getOrDefault(unit, 1L);
      if (millis != 0 && millis % size == 0) {
        return millis / size + unit;
      }
    }
    return millis + "ms";
  }
}
