package dev.limpet.node.receipt;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@link KilledLogRounds}, two in each build and many in the night. {@code -Dlimpet.crash.seed}
 * repeats a run.
 */
class KilledLogTest {
  @TempDir private Path folder = Path.of("");

  @Test
  @Tag("long")
  @Timeout(120)
  void a_log_that_is_killed_twice_never_signs_for_what_it_lost() throws Exception {
    run(2);
  }

  @Test
  @Tag("nightly")
  @Timeout(3600)
  void a_log_that_is_killed_200_times_never_signs_for_what_it_lost() throws Exception {
    run(200);
  }

  private void run(int rounds) throws Exception {
    long seed = Long.getLong("limpet.crash.seed", System.nanoTime());
    System.out.println("seed " + seed);
    KilledLogRounds killed = new KilledLogRounds(folder, seed);
    for (int round = 0; round < rounds; round++) {
      killed.round();
    }
    System.out.println(killed);
    assertTrue(killed.kept() > 0, killed::toString);
  }
}
