package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class MemoryPressureTest {

  @Test
  @Tag("long")
  void sixteen_growing_guests_on_a_small_node_end_well_and_neighbours_answer() throws Exception {
    assertNobodyStarves("-XX:+UseSerialGC");
  }

  @Test
  @Tag("nightly")
  void another_collector_ends_them_as_well() throws Exception {
    assertNobodyStarves("-XX:+UseG1GC");
  }

  private static void assertNobodyStarves(String collector) throws Exception {
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
