package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.problem;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls that go to a second node because the first takes longer than it should. */
@Timeout(60)
class HedgingTest {
  private static final Setup HEDGING = Setup.OPEN.hedging();

  private final Queue<String> cancelled = new ConcurrentLinkedQueue<>();
  private final Queue<String> called = new ConcurrentLinkedQueue<>();
  private final CountDownLatch go = new CountDownLatch(1);
  private final Set<String> stuck = ConcurrentHashMap.newKeySet();

  private volatile boolean breaks;

  @TempDir private Path folder;

  /**
   * A node that answers with its name, or when it is the one that is stuck not before {@link #go}.
   */
  private WireServer node(String name) {
    return CallsUnderTest.node(
        exchange -> {
          if (exchange.head().method().equals("DELETE")) {
            cancelled.add(name);
            exchange.answer(204, "");
            return;
          }
          String body = exchange.bodyText();
          called.add(name + body);
          awaitTurn(name);
          if (breaks) {
            exchange.reset();
          } else {
            exchange.answer(200, name, "Content-Type: text/plain");
          }
        });
  }

  private void awaitTurn(String name) throws IOException {
    try {
      if (stuck.contains(name) && !go.await(30, TimeUnit.SECONDS)) {
        throw new IOException("the test did not let it go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Calls until it is known how long they take; says who answers. */
  private static String learn(CallsUnderTest gateway) {
    for (int i = 1; i < Hedges.FEWEST_LATENCIES; i++) {
      assertEquals(200, get(gateway, "/fn/hello").status());
    }
    return get(gateway, "/fn/hello").text();
  }

  /** From now on a call is sent to both nodes and answered by none before {@link #go}. */
  private void letBothStick(CallsUnderTest gateway) {
    learn(gateway);
    called.clear();
    stuck.add("a");
    stuck.add("b");
  }

  @Test
  void a_slow_call_is_answered_by_another_node_and_the_slow_one_is_told_to_stop() throws Exception {
    try (var a = node("a");
        var b = node("b");
        var gateway = new CallsUnderTest(folder, HEDGING)) {
      var first = gateway.join("a", a).holds();
      var second = gateway.join("b", b).holds();
      gateway.deploy("hello");
      String slow = learn(gateway);
      stuck.add(slow);
      String other = slow.equals("a") ? "b" : "a";
      WireAnswer answer = get(gateway, "/fn/hello");
      assertEquals(other, answer.text());
      assertEquals(other, answer.header("Limpet-Node"));
      await().until(() -> cancelled.contains(slow));
      await().until(() -> first.known().inFlight() + second.known().inFlight() == 0);
      go.countDown();

      String id = ExecutionId.parse(answer.header("Limpet-Execution")).text();
      String why = get(gateway, "/v1/executions/" + id).text();
      assertTrue(why.contains("longer than this function usually does"), why);
      String metrics = get(gateway, "/metrics").text();
      assertTrue(
          metrics.contains("limpet_gateway_calls_placed_total{reason=\"hedges\"} 1.0"), metrics);
      assertTrue(metrics.contains("limpet_gateway_calls_hedges_won_total 1.0"), metrics);
      int calls = Hedges.FEWEST_LATENCIES + 1;
      assertTrue(
          metrics.contains("limpet_gateway_calls_total{ending=\"whole\"} " + calls + ".0"),
          metrics);
      assertTrue(
          metrics.contains("limpet_gateway_calls_total{ending=\"caller-gone\"} 0.0"), metrics);
      assertTrue(metrics.contains("limpet_gateway_calls_now 0.0"), metrics);
    }
  }

  @Test
  void a_call_whose_caller_leaves_is_stopped_at_both_nodes() throws Exception {
    try (var a = node("a");
        var b = node("b");
        var gateway = new CallsUnderTest(folder, HEDGING)) {
      var first = gateway.join("a", a).holds();
      var second = gateway.join("b", b).holds();
      gateway.deploy("hello");
      letBothStick(gateway);
      try (var caller = WireClient.connect(gateway.url())) {
        caller.send(WireClient.request("GET /fn/hello", null));
        await().until(() -> called.size() == 2);
      }
      await().until(() -> cancelled.size() == 2);
      await().until(() -> first.known().inFlight() + second.known().inFlight() == 0);
      go.countDown();
      await().until(() -> get(gateway, "/metrics").text().contains("limpet_gateway_calls_now 0.0"));
    }
  }

  @Test
  void when_neither_node_answers_the_caller_is_told_once_and_both_places_are_free()
      throws Exception {
    try (var a = node("a");
        var b = node("b");
        var gateway = new CallsUnderTest(folder, HEDGING)) {
      var first = gateway.join("a", a).holds();
      var second = gateway.join("b", b).holds();
      gateway.deploy("hello");
      letBothStick(gateway);
      breaks = true;
      try (var caller = WireClient.connect(gateway.url())) {
        caller.send(WireClient.request("GET /fn/hello", null));
        await().until(() -> called.size() == 2);
        go.countDown();
        WireAnswer answer = caller.answer();
        assertEquals(502, answer.status());
        assertEquals(ErrorCode.NODE_FAILED, problem(answer).code());
      }
      await().until(() -> first.known().inFlight() + second.known().inFlight() == 0);
      await()
          .until(
              () ->
                  get(gateway, "/metrics")
                      .text()
                      .contains("limpet_gateway_calls_total{ending=\"failed\"} 1.0"));
    }
  }

  @Test
  void what_has_a_body_goes_to_one_node() throws Exception {
    try (var a = node("a");
        var b = node("b");
        var gateway = new CallsUnderTest(folder, HEDGING);
        var posting = WireClient.connect(gateway.url())) {
      gateway.join("a", a).holds();
      gateway.join("b", b).holds();
      gateway.deploy("hello");
      stuck.add(learn(gateway));
      called.clear();
      posting.send(WireClient.request("POST /fn/hello", "once"));
      await().until(() -> called.size() == 1);
      assertEquals(200, get(gateway, "/fn/hello").status()); // hedged, after the same time
      assertEquals(1, called.stream().filter(call -> call.endsWith("once")).count());
      go.countDown();
      assertEquals(200, posting.answer().status());
    }
  }

  @Test
  void without_the_setting_a_slow_call_waits_for_its_node() throws Exception {
    try (var a = node("a");
        var b = node("b");
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("a", a).holds();
      gateway.join("b", b).holds();
      gateway.deploy("hello");
      String slow = learn(gateway);
      stuck.add(slow);
      called.clear();
      caller.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> called.size() == 1);
      go.countDown();
      assertEquals(slow, caller.answer().text());
    }
  }

  @Test
  void what_is_usual_is_what_nineteen_of_twenty_calls_take() {
    Hedges hedges = new Hedges(true);
    Cid function = Cid.parse(Asking.TASK);
    for (int i = 1; i < Hedges.FEWEST_LATENCIES; i++) {
      hedges.answered(function, i * 1_000_000L);
    }
    assertEquals(-1, hedges.delayMillis(function));
    hedges.answered(function, 20_000_000);
    assertEquals(19, hedges.delayMillis(function));
    for (int i = 0; i < Hedges.MAX_LATENCIES; i++) {
      hedges.answered(function, 1);
    }
    assertEquals(1, hedges.delayMillis(function));
    assertEquals(-1, new Hedges(false).delayMillis(function));
  }
}
