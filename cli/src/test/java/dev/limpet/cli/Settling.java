package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Commands that say something else until servers that were started have settled. */
final class Settling {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private Settling() {}

  /**
   * Runs the command until it succeeds and writes what is expected. One look decides: what a second
   * one finds may be something else again, as the holder of data announces it anew.
   */
  static void awaitOutput(URI gateway, Predicate<String> expected, String... command) {
    await()
        .atMost(LONGEST)
        .untilAsserted(
            () -> {
              RecordingTerminal terminal =
                  new RecordingTerminal(Map.of("LIMPET_GATEWAY", gateway.toString()));
              assertEquals(0, terminal.run(command), terminal::err);
              assertTrue(expected.test(terminal.out()), terminal::out);
            });
  }

  /** Ends a node's process, and waits until it has joined its gateway again. */
  static void awaitJoinedAgain(List<String> log, String node, Runnable end) {
    long before = joined(log, node);
    end.run();
    await().atMost(LONGEST).until(() -> joined(log, node) > before);
  }

  private static long joined(List<String> log, String node) {
    return log.stream().filter(line -> line.contains("node " + node + " joined from")).count();
  }

  /** Until the gateway calls exactly so many nodes ready. */
  static void awaitReady(URI gateway, int nodes) {
    Predicate<String> all =
        out -> out.lines().filter(line -> line.contains("\"state\":\"ready\"")).count() == nodes;
    awaitOutput(gateway, all, "nodes", "list", "--json");
  }
}
