package dev.limpet.node.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@link CrashRounds}, a few in each build and many in the night. */
class CrashTest {
  @TempDir private Path folder = Path.of("");

  @Test
  @Timeout(120)
  void a_store_that_is_killed_twice_keeps_its_word() throws Exception {
    run(2, 60);
  }

  @Test
  @Tag("nightly")
  @Timeout(3600)
  void a_store_that_is_killed_500_times_keeps_its_word() throws Exception {
    String told = run(500, 400);
    for (String none : List.of(" 0 of them alone", " 0 named anew", " 0 kills inside of one")) {
      assertFalse(told.contains(none), told);
    }
  }

  private String run(int rounds, int mostLines) throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    String told = new CrashRounds(folder, seed).run(rounds, mostLines);
    System.out.println(told);
    assertTrue(told.startsWith(rounds + " rounds"), told);
    return told;
  }
}
