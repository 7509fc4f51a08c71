package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.TASK;
import static dev.limpet.gateway.call.Asking.get;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Invocation;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a replay asks of a gateway: a run on a node of its choice, and the hash of its memory. */
@Timeout(60)
class ReplayCallsTest {
  private static final String ASKS = "Limpet-Memory-Hash: ?1";
  private static final String RUNS = "Cache-Control: no-cache";

  @TempDir private Path folder;
  private final List<Invocation> seen = Collections.synchronizedList(new ArrayList<>());

  private WireServer node() {
    return CallsUnderTest.node(
        exchange -> {
          if (Asking.isInquiry(exchange)) {
            exchange.answer(412, "");
            return;
          }
          seen.add(Invocation.fromHeader(exchange.head().header(Headers.INVOCATION).orElseThrow()));
          exchange.answer(
              200,
              "hello",
              "Content-Type: text/x",
              "Limpet-Memo: miss",
              "Limpet-Task: " + TASK,
              "ETag: \"" + TASK + "\"");
        });
  }

  @Test
  void the_node_hears_of_it_and_the_answer_is_that_of_a_run() throws Exception {
    try (var node = node();
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      get(gateway, "/fn/hello");
      assertEquals("hit", get(gateway, "/fn/hello").header("Limpet-Memo"));
      WireAnswer asked = get(gateway, "/fn/hello", RUNS, ASKS);
      assertEquals("miss", asked.header("Limpet-Memo"));
      get(gateway, "/fn/hello", RUNS, "Limpet-Memory-Hash: ?0");
      get(gateway, "/fn/hello", RUNS);
      assertEquals(
          List.of(false, true, false, false),
          seen.stream().map(Invocation::asksForMemoryHash).toList());
    }
  }

  @Test
  void what_is_neither_yes_nor_no_is_refused() throws Exception {
    try (var node = node();
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      for (String bad : List.of("yes", "1", "")) {
        WireAnswer answer = get(gateway, "/fn/hello", RUNS, "Limpet-Memory-Hash: " + bad);
        assertEquals("bad-header", answer.header("Limpet-Error"), bad);
      }
      assertEquals(400, get(gateway, "/fn/hello", RUNS, ASKS, ASKS).status());
    }
  }

  @Test
  void a_call_that_names_a_node_runs_there_as_long_as_it_can() throws Exception {
    try (var a = node();
        var b = node();
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("a", a).holds(root);
      CallsUnderTest.Member other = gateway.join("b", b).holds(root);
      gateway.deploy("hello");
      String target = "/on/" + root + "/-/hello";
      String key = "Limpet-Node: " + other.known().peerId();
      for (int i = 0; i < 4; i++) {
        assertEquals("a", ran(gateway, target, "Limpet-Node: a"));
        assertEquals("b", ran(gateway, target, key));
      }
      String both = "Limpet-Avoid: a";
      assertEquals(400, get(gateway, target, "Cache-Control: no-store", key, both).status());
      other.saysGoodbye();
      assertEquals("a", ran(gateway, target, key));
    }
  }

  private static String ran(CallsUnderTest gateway, String target, String line) throws Exception {
    return get(gateway, target, "Cache-Control: no-store", line).header("Limpet-Node");
  }
}
