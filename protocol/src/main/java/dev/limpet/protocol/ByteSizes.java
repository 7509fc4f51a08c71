package dev.limpet.protocol;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them: {@code 65536}, {@code 64KiB}, {@code 1.5 GiB} is not one. {@code
 * KiB}, {@code MiB}, {@code GiB}, {@code TiB} are powers of 1024, {@code kB}, {@code MB}, {@code
 * GB}, {@code TB} powers of 1000 (IEC 80000-13).
 */
public final class ByteSizes {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,19}) ?([A-Za-z]{0,3})");

  private static final Map<String, Long> UNITS =
      Map.of(
          "", 1L,
          "B", 1L,
          "KiB", 1L << 10,
          "MiB", 1L << 20,
          "GiB", 1L << 30,
          "TiB", 1L << 40,
          "kB", 1_000L,
          "MB", 1_000_000L,
          "GB", 1_000_000_000L,
          "TB", 1_000_000_000_000L);

  private static final String[] BINARY = {"TiB", "GiB", "MiB", "KiB"};

  private ByteSizes() {}

  /**
   * Reads a size.
   *
   * @return bytes, 0 or more
   * @throws IllegalArgumentException when it has another form or does not fit 63 bits
   */
  public static long parse(String text) {
    Matcher matcher = FORM.matcher(text);
    Long unit = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("expected a size such as 65536, 64KiB, 64MiB or 1GB");
    }
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException("this size does not fit 63 bits", e);
    }
  }

  /** The shortest exact form with a binary unit, such as {@code 64MiB}; read back by parse. */
  public static String format(long bytes) {
    for (String unit : BINARY) {
      long size = UNITS.getOrDefault(unit, 1L);
      if (bytes != 0 && bytes % size == 0) {
        return bytes / size + unit;
      }
    }
    return Long.toString(bytes);
  }
}
