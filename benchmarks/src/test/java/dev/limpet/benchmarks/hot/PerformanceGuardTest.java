package dev.limpet.benchmarks.hot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No operation of the hot path gets dearer than was agreed, in bytes and in CPU time. */
class PerformanceGuardTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void no_operation_costs_more_than_its_baseline() throws Exception {
    Path root = Path.of(Objects.requireNonNull(System.getProperty("limpet.root"), "limpet.root"));
    Guard.Report report = new Guard(root, folder).check();
    report.measured().forEach(System.out::println);
    report.cheaper().forEach(System.out::println);
    assertEquals(List.of(), report.exceeded(), "benchmarks/README.md says what to do");
  }
}
