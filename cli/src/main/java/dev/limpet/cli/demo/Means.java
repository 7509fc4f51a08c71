package dev.limpet.cli.demo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares the answer of {@code csv} with means that were computed elsewhere. */
final class Means {
  private Means() {}

  /**
   * Whether a CSV of two columns under a heading holds exactly these keys, each with this mean when
   * rounded to two decimals.
   */
  static boolean agree(List<String> answer, Map<String, String> expected) {
    Map<String, String> got = new TreeMap<>();
    for (String line : answer.subList(Math.min(1, answer.size()), answer.size())) {
      String[] cells = line.replace("\"", "").split(",", -1);
      if (cells.length < 2 || !cells[1].matches("-?[0-9]+(\\.[0-9]+)?")) {
        return false;
      }
      got.put(cells[0], new BigDecimal(cells[1]).setScale(2, RoundingMode.HALF_EVEN).toString());
    }
    return got.equals(expected);
  }
}
