package dev.limpet.cli.terminal;

import java.util.Locale;

/** Sizes and times as people read them. Scripts take {@code --json}, which has plain numbers. */
public final class Amounts {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Amounts() {}

  /** Bytes with a binary unit: {@code 1.5 MiB}. */
  public static String bytes(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (amount >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    String format = unit == 0 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, format, amount, UNITS[unit]);
  }

  /**
   * So many things: {@code 1 file}, {@code 2 files}.
   *
   * @param thing one of them, of which several end in s
   */
  public static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  /** Milliseconds below ten seconds, else seconds. */
  public static String millis(long millis) {
    return millis < 10_000 ? millis + " ms" : millis / 1000 + " s";
  }
}
