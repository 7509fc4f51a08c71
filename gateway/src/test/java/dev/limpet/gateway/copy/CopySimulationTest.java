package dev.limpet.gateway.copy;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.placement.FakeNodes;
import dev.limpet.gateway.placement.NodeRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Copies of hot data under calls that come and go; see {@link CopySimulation} for what must hold.
 */
class CopySimulationTest {
  private static final int FEW_SEEDS = 2;
  private static final int SEEDS = 12;
  private static final int SEEDS_OF_A_NIGHT = 300;
  private static final int MINUTES = 4;

  private final Logger registryLog = Logger.getLogger(NodeRegistry.class.getName());

  @TempDir private Path dir;

  @BeforeEach
  void quiet() {
    registryLog.setLevel(Level.OFF);
  }

  @AfterEach
  void loud() {
    registryLog.setLevel(null);
  }

  @Test
  void hot_data_is_copied_within_its_budget_and_dropped_when_it_cools() throws Exception {
    run(0, FEW_SEEDS);
  }

  @Test
  @Tag("long")
  void it_holds_in_a_dozen_ways() throws Exception {
    run(0, SEEDS);
  }

  @Test
  @Tag("nightly")
  void it_holds_in_hundreds_of_ways() throws Exception {
    run(SEEDS, SEEDS_OF_A_NIGHT);
  }

  private void run(int first, int seeds) throws Exception {
    int made = 0;
    int dropped = 0;
    for (int seed = first; seed < first + seeds; seed++) {
      int now = seed;
      Path folder = Files.createDirectory(dir.resolve("seed-" + seed));
      try (FakeNodes nodes = new FakeNodes(folder, 1000)) {
        CopySimulation simulation = new CopySimulation(nodes, seed);
        assertDoesNotThrow(() -> simulation.run(MINUTES), () -> "seed " + now);
        made += simulation.made;
        dropped += simulation.dropped;
      }
    }
    assertTrue(made >= seeds && dropped >= seeds / 2, made + " made, " + dropped + " dropped");
  }
}
