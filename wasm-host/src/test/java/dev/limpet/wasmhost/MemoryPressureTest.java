package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
final class MemoryPressureTest {

  @ParameterizedTest
  @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseG1GC"})
  void sixteen_growing_guests_on_a_small_node_end_well_and_neighbours_answer(String collector)
      throws Exception {
    ChildJvm.Printed printed =
        ChildJvm.run(
            List.of("-Xmx256m", collector, "-XX:-DontCompileHugeMethods"),
            MemoryPressureMain.class);
    assertEquals(0, printed.exitCode(), printed.output());
    List<String> lines = printed.output().lines().toList();
    for (String line : lines) {
      assertTrue(
          line.startsWith("guest Completed[exitCode=0]")
              || line.startsWith("guest NoNodeMemory[")
              || line.startsWith("guest OverMemory[")
              || line.startsWith("neighbour Completed[exitCode=0]"),
          printed.output());
    }
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("neighbour ")), printed.output());
    assertTrue(
        lines.stream().anyMatch(line -> line.startsWith("guest NoNodeMemory")), printed.output());
  }
}
