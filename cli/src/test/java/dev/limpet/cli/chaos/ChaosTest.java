package dev.limpet.cli.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever dies and breaks, no call gets a wrong answer, none is lost, each failure has a name, and
 * when nothing is broken any more all is as before. {@code -Dlimpet.chaos.seed} makes the picks of
 * an earlier run again, {@code -Dlimpet.chaos.rounds} a longer night.
 */
class ChaosTest {
  /** With two thirds of the nodes there and data at one to three, most calls have somebody. */
  private static final double MOST_FAILED_PERCENT = 50;

  @TempDir private Path folder = Path.of("");

  @Test
  @Tag("long")
  @Timeout(120)
  void nodes_come_and_go_and_links_break_and_no_answer_is_wrong() throws Exception {
    run(new Servers.Inside(), new Plan(3, 2, 60, 4));
  }

  @Test
  @Tag("nightly")
  @Timeout(3600)
  void twelve_nodes_are_killed_and_cut_off_and_no_answer_is_wrong() throws Exception {
    int rounds = Integer.getInteger("limpet.chaos.rounds", 20);
    run(new ServerProcesses(folder.resolve("log").toFile()), new Plan(12, rounds, 1000, 8));
  }

  private record Plan(int nodes, int rounds, int mostCalls, int callers) {}

  private void run(Servers servers, Plan plan) throws Exception {
    long seed = Long.getLong("limpet.chaos.seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Tally tally = new Tally();
    try (Fleet fleet = Fleet.start(folder, servers, plan.nodes, random)) {
      Chaos chaos = new Chaos(fleet, random, tally);
      long recovered;
      try (Callers callers = new Callers(fleet, tally)) {
        callers.start(plan.callers, random);
        chaos.run(plan.rounds, plan.mostCalls);
        recovered = chaos.recover();
      }
      System.out.println("chaos: " + chaos + ", as before after " + recovered + " ms");
      assertEquals(List.of(), tally.wrong());
      assertTrue(tally.errorPercent() < MOST_FAILED_PERCENT, tally::toString);
      Tally calm = new Tally();
      try (Callers callers = new Callers(fleet, calm)) {
        callers.callAll();
      }
      assertEquals(calm.calls(), calm.rightInARow(), calm::toString);
    }
  }
}
