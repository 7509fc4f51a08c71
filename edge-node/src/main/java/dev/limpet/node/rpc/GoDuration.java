package dev.limpet.node.rpc;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Go reads and writes them ({@code time.ParseDuration}): {@code 48h}, {@code 1m0s},
 * {@code 1.5h}, {@code -500ms}.
 */
final class GoDuration {
  private static final int MAX_DURATION_CHARS = 64;

  private static final Pattern PART =
      Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)");

  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "\u00b5s", 1_000L,
          "\u03bcs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  /** Reads one; empty when it is none, or longer than 292 years. */
  static Optional<Duration> parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (rest.isEmpty() || rest.length() > MAX_DURATION_CHARS) {
      return Optional.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    Matcher part = PART.matcher(rest);
    int at = 0;
    while (at < rest.length()) {
      if (!part.find(at) || part.start() != at) {
        return Optional.empty();
      }
      long unit = NANOS.getOrDefault(part.group(2), 1L);
      sum = sum.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
      at = part.end();
    }
    if (sum.compareTo(MOST) > 0) {
      return Optional.empty();
    }
    Duration length = Duration.ofNanos(sum.setScale(0, RoundingMode.DOWN).longValueExact());
    return Optional.of(negative ? length.negated() : length);
  }

  /** The form that Go gives it: {@code 1h0m0s}, {@code 1.5s}, {@code 250ms}. */
  static String text(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    String sign = duration.isNegative() ? "-" : "";
    Duration length = duration.abs();
    if (length.toSeconds() > 0) {
      BigDecimal seconds =
          BigDecimal.valueOf(length.toNanosPart(), 9)
              .add(BigDecimal.valueOf(length.toSecondsPart()));
      String hours = length.toHours() > 0 ? length.toHours() + "h" : "";
      String minutes = length.toMinutes() > 0 ? length.toMinutesPart() + "m" : "";
      return sign + hours + minutes + plain(seconds) + "s";
    }
    long nanos = length.toNanos();
    int digits = nanos < 1_000 ? 0 : nanos < 1_000_000 ? 3 : 6;
    String unit = digits == 0 ? "ns" : digits == 3 ? "\u00b5s" : "ms";
    return sign + plain(BigDecimal.valueOf(nanos, digits)) + unit;
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}
