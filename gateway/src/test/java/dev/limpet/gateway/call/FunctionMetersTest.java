package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.proxy.Route.Ending;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.testkit.wire.WireAnswer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /metrics} says of each function. */
@Timeout(60)
class FunctionMetersTest {
  @TempDir private Path folder;

  private static void assertShown(CallsUnderTest gateway, String line) {
    await().until(() -> get(gateway, "/metrics").text().contains("\nlimpet_gateway_" + line));
  }

  @Test
  void what_a_call_took_is_counted_for_its_function() throws Exception {
    try (var node =
            CallsUnderTest.node(
                exchange ->
                    exchange.answer(
                        200,
                        "hello",
                        "Limpet-Data-Bytes: 900",
                        "Limpet-Bytes-Fetched: 100",
                        "Limpet-Usage: fuel=12345, memory=65536",
                        "Server-Timing: queue;dur=0.1, run;dur=250"));
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("b", node).holds(root);
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/on/" + root + "/-/hello");
      assertEquals("hello", answer.text());
      assertEquals("", answer.header("Limpet-Usage"), "it is between node and gateway");
      String of = "{function=\"hello\"} ";
      assertShown(gateway, "function_fuel_total" + of + "12345.0\n");
      assertShown(gateway, "function_memory_most_bytes" + of + "65536.0\n");
      assertShown(gateway, "function_run_seconds_total" + of + "0.25\n");
      assertShown(gateway, "function_bytes_out_total" + of + "5.0\n");
      assertShown(gateway, "function_bytes_moved_total" + of + "100.0\n");
      assertShown(gateway, "function_bytes_not_moved_total" + of + "800.0\n");
      assertShown(gateway, "function_calls_total{function=\"hello\",outcome=\"done\"} 1.0\n");
      assertShown(gateway, "function_latency_seconds_bucket{function=\"hello\",le=\"+Inf\"} 1\n");
      assertShown(gateway, "calls_placed_total{reason=\"holds-data\"} 1.0\n");
    }
  }

  @Test
  void what_the_memo_of_a_node_answered_is_counted_for_its_function() throws Exception {
    try (var node =
            CallsUnderTest.node(exchange -> exchange.answer(200, "again", "Limpet-Memo: hit"));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      assertEquals("again", get(gateway, "/fn/hello").text());
      assertShown(gateway, "function_calls_total{function=\"hello\",outcome=\"done\"} 1.0\n");
      assertShown(gateway, "function_memo_hits_total{function=\"hello\"} 1.0\n");
    }
  }

  @Test
  void functions_beyond_a_number_share_their_series() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    FunctionMeters meters = new FunctionMeters(registry);
    int more = 5;
    for (int i = 0; i < FunctionMeters.MAX_METERED_FUNCTIONS + more; i++) {
      Cid cid = Cid.of(Multicodec.RAW, ("f" + i).getBytes(StandardCharsets.UTF_8));
      meters.ended(
          new FunctionRef.ByCid(cid), cid, new FunctionMeters.Ended(null, Ending.FAILED, 0, 0, 1));
    }
    assertEquals(
        more,
        registry
            .get("limpet.gateway.function.calls")
            .tags("function", FunctionMeters.OTHERS, "outcome", "failed")
            .functionCounter()
            .count());
    assertTrue(
        registry.find("limpet.gateway.function.fuel").functionCounters().size()
            <= FunctionMeters.MAX_METERED_FUNCTIONS + 1);
  }
}
