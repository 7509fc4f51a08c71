package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Index, placement and retries under lost messages, flapping nodes and restarts of the gateway; see
 * {@link Simulation} for what must hold. A seed that fails is printed; it is kept as a test here.
 */
class SimulationTest {
  private static final int SEEDS = 100;
  private static final int STEPS = 6;
  private static final int SEEDS_OF_A_NIGHT = 2000;
  private static final int STEPS_OF_A_NIGHT = 30;

  /** A node crashed in the last step, and was known as ready for three periods as it should. */
  private static final int CRASH_AT_THE_END = 45;

  private final FakeNodes nodes;
  private final System.Logger registryLog = System.getLogger(NodeRegistry.class.getName());
  private final java.util.logging.Logger quiet =
      java.util.logging.Logger.getLogger(registryLog.getName());

  SimulationTest(@TempDir Path dir) {
    nodes = new FakeNodes(dir, 1000);
  }

  @BeforeEach
  void quiet() {
    quiet.setLevel(java.util.logging.Level.OFF);
  }

  @AfterEach
  void stop() {
    quiet.setLevel(null);
    nodes.close();
  }

  @Test
  void whatever_breaks_calls_go_where_they_should_and_the_index_recovers() {
    SimulatedCalls.Seen seen = run(0, SEEDS, STEPS);
    assertTrue(seen.opened > 0, "no circuit opened");
    assertTrue(seen.denied > 0, "the budget was never spent");
    assertTrue(seen.hedged > 0, "no call was sent to a second node");
    assertTrue(seen.again > seen.hedged, "no call was tried again");
    assertTrue(seen.moved > 0, "no data moved past a queue");
  }

  @Test
  void a_seed_that_failed_holds() {
    run(CRASH_AT_THE_END, 1, STEPS_OF_A_NIGHT);
  }

  @Test
  @Tag("nightly")
  void whatever_breaks_in_thousands_of_ways_it_holds() {
    run(SEEDS, SEEDS_OF_A_NIGHT, STEPS_OF_A_NIGHT);
  }

  private SimulatedCalls.Seen run(int first, int seeds, int steps) {
    SimulatedCalls.Seen seen = new SimulatedCalls.Seen();
    for (int seed = first; seed < first + seeds; seed++) {
      int now = seed;
      seen.add(
          assertDoesNotThrow(() -> new Simulation(nodes, now).run(steps), () -> "seed " + now));
    }
    System.out.println("simulator: " + seen);
    return seen;
  }
}
