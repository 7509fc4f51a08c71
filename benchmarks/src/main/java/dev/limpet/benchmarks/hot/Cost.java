package dev.limpet.benchmarks.hot;

import java.util.Locale;

/**
 * What one run of an operation costs, as it stands on a line of the file.
 *
 * @param name of the operation
 * @param bytes allocated by the threads that took part
 * @param ratio CPU time of these threads in multiples of a run of the yardstick
 * @param yardstick what the CPU time was divided by
 */
public record Cost(String name, double bytes, double ratio, Yardstick yardstick) {

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException quoting a line that is not {@code name bytes ratio yardstick}
   */
  static Cost parse(String line) {
    String[] parts = line.strip().split(" +", -1);
    if (parts.length != 4) {
      throw new IllegalArgumentException("not 'name bytes ratio yardstick': " + line);
    }
    return new Cost(
        parts[0],
        Double.parseDouble(parts[1]),
        Double.parseDouble(parts[2]),
        Yardstick.valueOf(parts[3].toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%-20s %10.1f %9.4f %s", name, bytes, ratio, yardstick.id());
  }
}
