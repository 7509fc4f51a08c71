package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.FunctionUse;
import dev.limpet.testkit.wire.WireServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code limpet top} against a gateway whose metrics the test writes. */
@Timeout(60)
class TopTest {
  private static final String METRICS =
      """
      # TYPE limpet_gateway_function_calls counter
      limpet_gateway_function_calls_total{function="hello",outcome="done"} 40.0
      limpet_gateway_function_calls_total{function="hello",outcome="failed"} 2.0
      limpet_gateway_function_calls_total{function="csv",outcome="done"} 3.0
      limpet_gateway_function_memo_hits_total{function="csv"} 2.0
      limpet_gateway_function_calls_total{function="(others)",outcome="done"} 0.0
      limpet_gateway_function_run_seconds_total{function="hello"} 0.5
      limpet_gateway_function_run_seconds_total{function="csv"} 7.25
      limpet_gateway_function_fuel_total{function="csv"} 1.5E9
      limpet_gateway_function_memory_most_bytes{function="csv"} 1048576.0
      limpet_gateway_function_bytes_moved_total{function="csv"} 10.0
      limpet_gateway_function_bytes_not_moved_total{function="csv"} 2048.0
      limpet_gateway_function_latency_seconds_bucket{function="csv",le="0.001"} 1
      limpet_gateway_memo_hits_total 1200.0
      limpet_gateway_memo_misses_total 1.0
      limpet_gateway_memo_entries 5.0
      limpet_gateway_memo_bytes 2048.0
      """;

  private final RecordingTerminal terminal = new RecordingTerminal();

  private int top(String... arguments) {
    WireServer.Script metrics =
        exchange -> {
          boolean asked = exchange.head().target().equals("/metrics");
          exchange.answer(asked ? 200 : 404, METRICS, "Content-Type: text/plain");
        };
    try (WireServer gateway = WireServer.start(metrics)) {
      String[] all = new String[arguments.length + 2];
      all[0] = "top";
      all[1] = "--gateway=" + gateway.url();
      System.arraycopy(arguments, 0, all, 2, arguments.length);
      return terminal.run(all);
    }
  }

  @Test
  void what_ran_longest_comes_first() {
    assertEquals(0, top(), terminal.err());
    List<String> lines = terminal.out().lines().toList();
    assertEquals(4, lines.size(), terminal.out());
    assertTrue(lines.get(0).startsWith("FUNCTION"));
    assertTrue(lines.get(1).startsWith("csv "), lines.get(1));
    assertTrue(lines.get(1).contains("1.50e+09") && lines.get(1).contains("2.0 KiB"));
    assertTrue(lines.get(2).startsWith("hello "), lines.get(2));
    assertEquals("memo: 1200 hits, 1 miss, keeps 5 answers in 2.0 KiB", lines.get(3));
  }

  @Test
  void scripts_get_plain_numbers() {
    assertEquals(0, top("--json"), terminal.err());
    assertEquals(
        "{\"function\":\"csv\",\"calls\":3,\"failed\":0,\"memoHits\":2,\"runMs\":7250,\"fuel\":1500000000,"
            + "\"memoryBytes\":1048576,\"bytesIn\":0,\"bytesOut\":0,\"bytesMoved\":10,"
            + "\"bytesNotMoved\":2048}",
        terminal.out().lines().findFirst().orElse(""));
  }

  @Test
  void an_interval_shows_what_came_in_it_and_a_restart_all() {
    FunctionUse before = FunctionUse.parse(METRICS).getFirst();
    FunctionUse later = FunctionUse.parse(METRICS.replace("40.0", "50.0")).getFirst();
    assertEquals(10, later.since(before).calls());
    assertEquals(0, later.since(before).failed());
    assertEquals(42, before.since(later).calls());
  }

  @Test
  void an_interval_that_is_none_is_wrong_usage() {
    assertEquals(2, top("--every", "soon"));
    assertEquals(2, top("--every", "0s"));
  }
}
