package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.NOBODY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers see when nodes, connections and callers fail. */
@Timeout(60)
class CallFaultsTest {
  @TempDir private Path folder;

  private static WireAnswer get(CallsUnderTest gateway, String target, String... lines) {
    return WireClient.ask(gateway.url(), WireClient.request("GET " + target, null, lines));
  }

  private static Invocation invocation(WireExchange exchange) {
    return Invocation.fromHeader(exchange.head().header("Limpet-Invocation").orElse(""));
  }

  private static String error(WireAnswer answer) {
    return answer.status() + " " + answer.header("Limpet-Error");
  }

  private static void refuse(WireExchange exchange, String code) throws IOException {
    Problem problem = Problem.of(ErrorCode.parse(code).orElseThrow(), "not now");
    exchange.answer(
        problem.status(),
        new String(problem.toJson(), UTF_8),
        "Content-Type: application/problem+json",
        "Limpet-Error: " + code);
  }

  @Test
  void a_holder_that_cannot_be_reached_is_passed_over() throws Exception {
    try (var good = CallsUnderTest.node(e -> e.answer(200, e.bodyText()));
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      var dead = gateway.join("dead", NOBODY).holds(root);
      var alive = gateway.join("alive", good).holds(root);
      gateway.deploy("hello");
      for (int i = 0; i < 4; i++) {
        String body = "x".repeat(100_000);
        WireAnswer answer =
            WireClient.ask(
                gateway.url(), WireClient.request("POST /on/" + root + "/-/hello", body));
        assertEquals("alive", answer.header("Limpet-Node"));
        assertEquals(body, answer.text());
      }
      assertEquals(0, dead.known().inFlight());
      await().until(() -> alive.known().inFlight() == 0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "overloaded, 429 overloaded",
    "draining, 503 draining",
    "not-held, 503 data-unavailable",
    "unauthorized, 503 no-node",
    "node-memory, 503 node-memory",
    "store-failed, 500 store-failed",
    "function-not-found, 502 node-failed",
    "unreachable, 503 unreachable",
  })
  void a_node_that_refuses_is_followed_by_the_next_and_the_last_one_decides(
      String code, String alone) throws Exception {
    AtomicInteger refusals = new AtomicInteger();
    try (var refusing =
            CallsUnderTest.node(
                e -> {
                  refusals.incrementAndGet();
                  refuse(e, code);
                });
        var good = CallsUnderTest.node(e -> e.answer(200, "well"));
        var gateway = CallsUnderTest.open(folder)) {
      Cid both = gateway.data();
      Cid one = gateway.data();
      gateway.join("refusing", refusing).holds(both, one);
      gateway.join("good", good).holds(both);
      gateway.deploy("hello");
      assertEquals(alone, error(get(gateway, "/on/" + one + "/-/hello", "Limpet-Max-Fetch: 0")));
      assertEquals(1, refusals.get());
      assertEquals("well", get(gateway, "/on/" + one + "/-/hello").text());
      assertEquals("well", get(gateway, "/on/" + both + "/-/hello").text());
    }
  }

  @Test
  void a_connection_that_breaks_before_the_answer_allows_one_more_try_with_another_id()
      throws Exception {
    List<Invocation> tries = new CopyOnWriteArrayList<>();
    List<String> bodies = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  if (e.head().method().equals("DELETE")) {
                    refuse(e, "execution-not-found");
                    return;
                  }
                  tries.add(invocation(e));
                  bodies.add(e.bodyText());
                  if (tries.size() == 1) {
                    e.reset();
                  } else {
                    e.answer(200, "second");
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      var member = gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer =
          WireClient.ask(
              gateway.url(), WireClient.request("POST /fn/hello", "again", "Limpet-Timeout: 30s"));
      assertEquals("second", answer.text());
      assertEquals(List.of("again", "again"), bodies);
      assertNotEquals(tries.get(0).execution(), tries.get(1).execution());
      assertTrue(tries.get(1).timeoutMs() <= tries.get(0).timeoutMs());
      assertTrue(tries.get(0).timeoutMs() <= 30_000);
      Execution first = gateway.executions().find(tries.get(0).execution());
      assertNotNull(first);
      assertEquals("node-failed", first.error());
      await().until(() -> member.known().inFlight() == 0);
    }
  }

  @Test
  void a_body_that_was_streamed_is_not_sent_twice() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    WireServer.Script breaks =
        e -> {
          if (e.head().method().equals("POST")) {
            tries.incrementAndGet();
            e.body().skipNBytes(70_000);
          }
          e.reset();
        };
    try (var a = CallsUnderTest.node(breaks);
        var b = CallsUnderTest.node(breaks);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", a).holds();
      gateway.join("b", b).holds();
      gateway.deploy("hello");
      WireAnswer answer =
          WireClient.ask(gateway.url(), WireClient.request("POST /fn/hello", "x".repeat(100_000)));
      assertEquals("502 node-failed", error(answer));
      assertEquals(1, tries.get());
    }
  }

  @Test
  void an_answer_that_the_node_cuts_is_cut_for_the_caller_too() throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  e.begin(200);
                  e.chunk("half");
                  e.close();
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello");
      assertEquals("half", answer.text());
      assertTrue(answer.cut());
      ExecutionId id = ExecutionId.parse(answer.header("Limpet-Execution"));
      await()
          .until(
              () -> {
                Execution known = gateway.executions().find(id);
                return known != null && "answer-cut".equals(known.error());
              });
    }
  }

  @Test
  void trailers_of_a_streamed_answer_reach_the_caller() throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  e.begin(200, "Content-Type: text/plain", "Trailer: X-Secret");
                  e.chunk("x");
                  e.end(
                      "Limpet-Bytes-Fetched: 17",
                      "Server-Timing: run;dur=3",
                      "Set-Cookie: a=b",
                      "Limpet-Node: liar");
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello");
      assertFalse(answer.cut());
      assertTrue(answer.header("Trailer").contains("Limpet-Bytes-Fetched"));
      assertFalse(answer.header("Trailer").contains("X-Secret"));
      assertEquals("17", answer.trailer("Limpet-Bytes-Fetched").orElse(""));
      assertTrue(answer.trailer("Server-Timing").orElse("").endsWith(", run;dur=3"));
      assertTrue(answer.trailer("Set-Cookie").isEmpty());
      assertTrue(answer.trailer("Limpet-Node").isEmpty());
      Execution known =
          gateway.executions().find(ExecutionId.parse(answer.header("Limpet-Execution")));
      assertNotNull(known);
      assertEquals(17, known.usage().bytesFetched());
    }
  }

  @Test
  void a_node_is_told_when_its_caller_has_gone() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    List<String> told = new CopyOnWriteArrayList<>();
    List<String> ids = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  if (e.head().method().equals("DELETE")) {
                    assertTrue(e.head().header("Authorization").isPresent());
                    told.add(e.head().target());
                    e.raw("HTTP/1.1 204 n\r\n\r\n");
                  } else {
                    ids.add(invocation(e).execution().text());
                    reached.countDown();
                    e.awaitPeerGone();
                  }
                });
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      var member = gateway.join("b", node).holds();
      gateway.deploy("hello");
      caller.send(WireClient.request("GET /fn/hello", null));
      assertTrue(reached.await(30, TimeUnit.SECONDS));
      assertEquals(1, member.known().inFlight());
      caller.reset();
      await().until(() -> told.equals(List.of("/v1/invocations/" + ids.getFirst())));
      await().until(() -> member.known().inFlight() == 0);
      Execution known = gateway.executions().find(ExecutionId.parse(ids.getFirst()));
      assertNotNull(known);
      assertEquals("cancelled", known.error());
    }
  }

  @Test
  void an_execution_is_cancelled_by_its_id() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    List<String> ids = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  if (e.head().method().equals("DELETE")) {
                    e.raw("HTTP/1.1 204 n\r\n\r\n");
                    cancelled.countDown();
                    return;
                  }
                  ids.add(invocation(e).execution().text());
                  try {
                    cancelled.await(20, TimeUnit.SECONDS);
                  } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                  }
                  refuse(e, "cancelled");
                });
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      caller.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> !ids.isEmpty());
      String target = "/v1/executions/" + ids.getFirst();
      assertTrue(get(gateway, target).text().contains("\"state\":\"running\""));
      assertEquals(
          204,
          WireClient.ask(gateway.url(), WireClient.request("DELETE " + target, null)).status());
      assertEquals("503 cancelled", error(caller.answer()));
      assertTrue(get(gateway, target).text().contains("\"error\":\"cancelled\""));
      WireAnswer again =
          WireClient.ask(gateway.url(), WireClient.request("DELETE " + target, null));
      assertEquals(204, again.status());
    }
  }

  @Test
  void a_call_ends_at_its_deadline_also_when_the_node_does_not() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    List<Long> millis = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  if (e.head().method().equals("DELETE")) {
                    told.countDown();
                    e.raw("HTTP/1.1 204 n\r\n\r\n");
                  } else {
                    millis.add(invocation(e).timeoutMs());
                    e.awaitPeerGone();
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello", "Limpet-Timeout: 1s");
      assertEquals("504 out-of-time", error(answer));
      assertEquals("b", answer.header("Limpet-Node"));
      assertTrue(told.await(30, TimeUnit.SECONDS));
      await().until(() -> !millis.isEmpty());
      assertTrue(millis.getFirst() <= 1000, "" + millis);
    }
  }

  @Test
  void one_call_more_than_there_is_room_for_is_refused_at_once() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch reached = new CountDownLatch(1);
    try (var node =
            CallsUnderTest.node(
                e -> {
                  reached.countDown();
                  try {
                    go.await(20, TimeUnit.SECONDS);
                  } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                  }
                  e.answer(200, "done");
                });
        var gateway = new CallsUnderTest(folder, Setup.OPEN.calls(1));
        var first = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      first.send(WireClient.request("GET /fn/hello", null));
      assertTrue(reached.await(30, TimeUnit.SECONDS));
      WireAnswer second = get(gateway, "/fn/hello");
      assertEquals("429 overloaded", error(second));
      assertEquals("1", second.header("Retry-After"));
      go.countDown();
      assertEquals("done", first.answer().text());
      await().until(() -> get(gateway, "/fn/hello").status() == 200);
      for (int i = 0; i < 3; i++) {
        assertEquals(404, get(gateway, "/fn/nosuch").status());
        assertEquals(
            405,
            WireClient.ask(gateway.url(), "PUT /fn/hello HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .status());
      }
      await().until(() -> get(gateway, "/fn/hello").status() == 200);
    }
  }

  @Test
  void sixteen_callers_at_once_each_get_their_own_answer() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(200, e.bodyText()));
        var gateway = CallsUnderTest.open(folder)) {
      var member = gateway.join("b", node).holds();
      gateway.deploy("hello");
      AtomicInteger right = new AtomicInteger();
      List<Thread> callers = new CopyOnWriteArrayList<>();
      for (int i = 0; i < 16; i++) {
        String body = "caller " + i;
        callers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try (var caller = WireClient.connect(gateway.url())) {
                        for (int k = 0; k < 20; k++) {
                          caller.send(WireClient.request("POST /fn/hello", body));
                          right.addAndGet(caller.answer().text().equals(body) ? 1 : 0);
                        }
                      }
                    }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertEquals(16 * 20, right.get());
      await().until(() -> member.known().inFlight() == 0 && gateway.executions().running() == 0);
    }
  }

  @Test
  void nonsense_of_a_node_is_the_nodes_fault() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(404, "<html>"));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      assertEquals("502 node-failed", error(get(gateway, "/fn/hello")));
    }
  }
}
