package dev.limpet.benchmarks.hot;

import java.io.IOException;
import java.nio.file.Path;

/** The child that measures one group and prints a line for each operation. */
public final class Measure {
  private Measure() {}

  /**
   * Measures.
   *
   * @param arguments the group, the repository, an empty folder
   */
  public static void main(String[] arguments) throws IOException {
    CostMeter meter = new CostMeter();
    Group group = Group.valueOf(arguments[0]);
    try (Group.Opened opened = group.open(Path.of(arguments[1]), Path.of(arguments[2]))) {
      for (HotOperation operation : opened.operations()) {
        System.out.println(meter.measure(operation));
      }
    }
  }
}
