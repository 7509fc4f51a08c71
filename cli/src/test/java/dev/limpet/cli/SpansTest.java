package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The spans that a call leaves at a collector, from a gateway and a node. */
@Timeout(60)
class SpansTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";

  @TempDir private Path folder;

  private final List<JsonObject> spans = new CopyOnWriteArrayList<>();

  private WireServer collector() {
    return WireServer.start(
        exchange -> {
          JsonObject.parse(exchange.bodyText()).objects("resourceSpans").stream()
              .flatMap(resource -> resource.objects("scopeSpans").stream())
              .flatMap(scope -> scope.objects("spans").stream())
              .forEach(spans::add);
          exchange.answer(200, "{}");
        });
  }

  private static String call(GatewayAndNode machine, String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("Cache-Control: no-cache"); // or the node gives again what it answered before
    String request = WireClient.request("GET /fn/says", null, all.toArray(String[]::new));
    return WireClient.ask(machine.gateway().url(), request).text();
  }

  private List<String> names(String trace) {
    return spans.stream()
        .filter(span -> trace.isEmpty() || span.text("traceId").equals(trace))
        .map(span -> span.text("name"))
        .sorted()
        .toList();
  }

  @Test
  void a_call_is_one_tree_through_gateway_and_node_and_what_is_not_sampled_leaves_nothing()
      throws Exception {
    try (WireServer collector = collector();
        GatewayAndNode machine =
            GatewayAndNode.traced(folder, "otlp-endpoint=" + collector.url())) {
      Path module = Files.write(folder.resolve("says.wasm"), SampleModules.writes("hello"));
      machine.deploy(module, "says");
      String silent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-" + CALLER + "-00";
      await().until(() -> call(machine, silent).equals("hello")); // the node has joined
      assertEquals("hello", call(machine, "traceparent: 00-" + TRACE + "-" + CALLER + "-01"));
      List<String> all = List.of("call", "invocation", "load", "node", "placement", "queue", "run");
      await().untilAsserted(() -> assertEquals(all, named(TRACE)));
      assertEquals(names(TRACE), names(""), "what is not sampled was sent");
      assertTree();
      assertEquals("hello", call(machine));
      await().until(() -> named("").size() >= 2 * all.size());
      assertEquals(2, named("").stream().filter("call"::equals).count());
    }
  }

  /** Those that each call has: data is not always waited for. */
  private List<String> named(String trace) {
    return names(trace).stream().filter(name -> !name.equals("data")).toList();
  }

  private void assertTree() {
    Map<String, String> parents =
        Map.of(
            "placement", "call",
            "node", "call",
            "invocation", "node",
            "queue", "invocation",
            "load", "invocation",
            "run", "invocation");
    parents.forEach(
        (name, parent) ->
            assertEquals(span(parent).text("spanId"), span(name).text("parentSpanId"), name));
    assertEquals(CALLER, span("call").text("parentSpanId"));
    for (JsonObject span : spans) {
      long began = Long.parseLong(span.text("startTimeUnixNano"));
      long ended = Long.parseLong(span.text("endTimeUnixNano"));
      assertTrue(began > 0 && ended >= began, span.text("name"));
    }
  }

  private JsonObject span(String name) {
    return spans.stream().filter(span -> span.text("name").equals(name)).findFirst().orElseThrow();
  }
}
