package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.AcceptedCall;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Json;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsyncCallsTest {
  private static final String ASYNC = "Prefer: respond-async";
  private static final String POST =
      "POST /fn/hello HTTP/1.1\r\nHost: localhost\r\nPrefer: respond-async\r\n";

  @TempDir Path folder = Path.of("");

  private static WireAnswer ask(CallsUnderTest gateway, String start, String... lines) {
    return WireClient.ask(gateway.url(), WireClient.request(start, null, lines));
  }

  private static AcceptedCall accepted(WireAnswer answer) {
    assertEquals(202, answer.status(), answer::text);
    AcceptedCall accepted = Json.read(AcceptedCall.class, answer.bytes(), 1 << 16);
    assertEquals(accepted.location(), answer.header("Location"));
    assertEquals("respond-async", answer.header("Preference-Applied"));
    assertEquals("no-store", answer.header("Cache-Control"));
    return accepted;
  }

  private static Execution execution(CallsUnderTest gateway, AcceptedCall call) {
    WireAnswer answer = ask(gateway, "GET " + call.location());
    assertEquals(200, answer.status(), answer::text);
    return Json.read(Execution.class, answer.bytes(), 1 << 16);
  }

  private static WireAnswer result(CallsUnderTest gateway, AcceptedCall call) {
    String target = "GET " + call.result();
    Awaitility.await().until(() -> ask(gateway, target).status() != 409);
    return ask(gateway, target);
  }

  private static void stall(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void a_call_is_accepted_runs_without_its_caller_and_keeps_its_answer() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Invocation> sent = new CopyOnWriteArrayList<>();
    WireServer.Script script =
        e -> {
          sent.add(Invocation.fromHeader(e.head().header("Limpet-Invocation").orElse("")));
          stall(go);
          e.answer(201, "the answer", "Content-Type: text/csv", "ETag: \"x\"", "X-Own: 1");
        };
    try (var node = CallsUnderTest.node(script);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      AcceptedCall call =
          accepted(ask(gateway, "GET /fn/hello?arg=1", "Prefer: wait=5, Respond-Async;x=1"));
      assertTrue(call.note().contains("restart"), call.note());
      assertEquals("/v1/executions/" + call.execution(), call.location());
      Awaitility.await().until(() -> sent.size() == 1);
      assertEquals(call.execution(), sent.getFirst().execution());
      Execution running = execution(gateway, call);
      assertEquals(ExecutionState.RUNNING, running.state());
      assertEquals(call.execution(), running.id());
      assertEquals("shed", running.node());
      assertEquals(call.result(), running.result());
      WireAnswer early = ask(gateway, "GET " + call.result());
      assertEquals(409, early.status());
      assertEquals("not-ended", early.header("Limpet-Error"));
      assertFalse(early.header("Retry-After").isEmpty());
      go.countDown();
      WireAnswer answer = result(gateway, call);
      assertEquals(201, answer.status());
      assertEquals("the answer", answer.text());
      assertEquals("text/csv", answer.header("Content-Type"));
      assertEquals("1", answer.header("X-Own"));
      assertEquals("no-store", answer.header("Cache-Control"));
      assertEquals("", answer.header("ETag"));
      assertEquals("sandbox allow-scripts", answer.header("Content-Security-Policy"));
      assertEquals("nosniff", answer.header("X-Content-Type-Options"));
      assertEquals(call.execution().text(), answer.header("Limpet-Execution"));
      Execution done = execution(gateway, call);
      assertEquals(ExecutionState.DONE, done.state());
      assertEquals(201, done.status());
      assertNotNull(done.endedAt());
    }
  }

  @Test
  void an_answer_that_streams_is_kept_with_its_trailers() throws Exception {
    WireServer.Script script =
        e -> {
          e.begin(200, "Trailer: Limpet-Bytes-Fetched");
          e.chunk("one ");
          e.chunk("two");
          e.end("Limpet-Bytes-Fetched: 5");
        };
    try (var node = CallsUnderTest.node(script);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = result(gateway, accepted(ask(gateway, "GET /fn/hello", ASYNC)));
      assertEquals("one two", answer.text());
      assertEquals("7", answer.header("Content-Length"));
      assertEquals("5", answer.header("Limpet-Bytes-Fetched"));
      assertEquals("", answer.header("Trailer"));
    }
  }

  @Test
  void the_whole_body_is_here_before_the_202_and_goes_to_the_node() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    WireServer.Script script =
        e -> {
          calls.incrementAndGet();
          e.answer(200, "got " + e.bodyText());
        };
    try (var node = CallsUnderTest.node(script);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      try (WireClient client = WireClient.connect(gateway.url())) {
        client.send(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        assertEquals(0, calls.get());
        client.send("5\r\n last\r\n0\r\n\r\n");
        AcceptedCall call = accepted(client.answer());
        assertEquals("got first last", result(gateway, call).text());
        client.send(WireClient.request("GET " + call.location(), null));
        assertEquals(200, client.answer().status());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_body_that_is_too_long_is_refused(boolean declared) throws Exception {
    int length = AsyncCalls.MAX_ASYNC_BODY_BYTES + 1;
    try (var node = CallsUnderTest.node(e -> e.answer(200, "no"));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      String body = "x".repeat(length);
      String request =
          declared
              ? POST + "Content-Length: " + length + "\r\n\r\n"
              : POST
                  + "Transfer-Encoding: chunked\r\n\r\n"
                  + Integer.toHexString(length)
                  + "\r\n"
                  + body
                  + "\r\n0\r\n\r\n";
      WireAnswer answer = WireClient.ask(gateway.url(), request);
      assertEquals(413, answer.status());
      assertEquals("body-too-large", answer.header("Limpet-Error"));
      assertEquals(202, ask(gateway, "GET /fn/hello", ASYNC).status());
    }
  }

  @Test
  void what_can_be_told_at_once_is_told_at_once() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      assertEquals(404, ask(gateway, "GET /fn/nobody", ASYNC).status());
      gateway.deploy("hello");
      assertEquals(503, ask(gateway, "GET /fn/hello", ASYNC).status());
      assertEquals(405, ask(gateway, "PUT /fn/hello", ASYNC).status());
    }
  }

  @Test
  void a_problem_is_the_answer_of_a_call_that_failed() throws Exception {
    WireServer.Script script =
        e ->
            e.answer(
                502,
                "{\"code\":\"guest-failed\",\"status\":502,\"detail\":\"3\",\"exitCode\":3}",
                "Content-Type: application/problem+json",
                "Limpet-Error: guest-failed");
    try (var node = CallsUnderTest.node(script);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      AcceptedCall call = accepted(ask(gateway, "GET /fn/hello", ASYNC));
      WireAnswer answer = result(gateway, call);
      assertEquals(502, answer.status());
      assertEquals("guest-failed", answer.header("Limpet-Error"));
      Execution failed = execution(gateway, call);
      assertEquals(ExecutionState.FAILED, failed.state());
      assertEquals("guest-failed", failed.error());
      assertEquals(3, failed.exitCode());
    }
  }

  @Test
  void a_node_that_is_not_reached_is_followed_by_another_under_the_same_id() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(200, "here"));
        var gone = CallsUnderTest.node(e -> e.answer(429, "", "Limpet-Error: overloaded"));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.join("b", gone).holds();
      gateway.deploy("hello");
      for (int i = 0; i < 4; i++) {
        AcceptedCall call = accepted(ask(gateway, "GET /fn/hello?arg=" + i, ASYNC));
        WireAnswer answer = result(gateway, call);
        assertEquals("here", answer.text());
        assertEquals(call.execution().text(), answer.header("Limpet-Execution"));
      }
    }
  }

  @Test
  void an_answer_that_is_cut_or_too_long_becomes_a_problem_and_its_call_failed() throws Exception {
    WireServer.Script script =
        e -> {
          boolean cut = e.head().header("Limpet-Invocation").isPresent() && isCut(e);
          e.begin(200);
          e.chunk("begun");
          if (cut) {
            e.close();
            return;
          }
          for (int i = 0; i < 40; i++) {
            e.chunk("x".repeat(KeptAnswer.MAX_ASYNC_ANSWER_BYTES / 32));
          }
          e.end();
        };
    try (var node = CallsUnderTest.node(script);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      AcceptedCall cut = accepted(ask(gateway, "GET /fn/hello?arg=cut", ASYNC));
      assertEquals("answer-cut", result(gateway, cut).header("Limpet-Error"));
      assertEquals("answer-cut", execution(gateway, cut).error());
      AcceptedCall tooLong = accepted(ask(gateway, "GET /fn/hello?arg=long", ASYNC));
      WireAnswer answer = result(gateway, tooLong);
      assertEquals(507, answer.status());
      assertEquals("out-of-output", answer.header("Limpet-Error"));
      assertEquals("out-of-output", execution(gateway, tooLong).error());
      assertEquals(ExecutionState.FAILED, execution(gateway, tooLong).state());
    }
  }

  private static boolean isCut(WireExchange exchange) {
    String header = exchange.head().header("Limpet-Invocation").orElse("");
    return Invocation.fromHeader(header).arguments().contains("cut");
  }

  @Test
  void cancelling_ends_a_call_and_then_forgets_its_answer() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    WireServer.Script script =
        e -> {
          if (e.head().method().equals("DELETE")) {
            cancelled.countDown();
            e.raw("HTTP/1.1 204 n\r\n\r\n");
          } else {
            stall(cancelled);
            problem(e);
          }
        };
    try (var node = CallsUnderTest.node(script);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      AcceptedCall call = accepted(ask(gateway, "GET /fn/hello", ASYNC));
      Awaitility.await().until(() -> "shed".equals(execution(gateway, call).node()));
      assertEquals(204, ask(gateway, "DELETE " + call.location()).status());
      assertEquals("cancelled", result(gateway, call).header("Limpet-Error"));
      assertEquals(204, ask(gateway, "DELETE " + call.location()).status());
      assertEquals(404, ask(gateway, "GET " + call.result()).status());
    }
  }

  private static void problem(WireExchange exchange) throws IOException {
    exchange.answer(
        503,
        "{\"code\":\"cancelled\",\"status\":503,\"detail\":\"d\"}",
        "Content-Type: application/problem+json",
        "Limpet-Error: cancelled");
  }

  @Test
  void there_are_only_so_many_at_once_and_their_places_come_back() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    WireServer.Script script =
        e -> {
          stall(go);
          e.answer(200, "x");
        };
    try (var node = CallsUnderTest.node(script);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      List<AcceptedCall> calls = new ArrayList<>();
      for (int i = 0; i < AsyncCalls.MAX_ASYNC_CALLS; i++) {
        calls.add(accepted(ask(gateway, "GET /fn/hello?arg=" + i, ASYNC)));
      }
      WireAnswer more = ask(gateway, "GET /fn/hello", ASYNC);
      assertEquals(429, more.status());
      assertEquals("overloaded", more.header("Limpet-Error"));
      go.countDown();
      for (AcceptedCall call : calls) {
        assertEquals("x", result(gateway, call).text());
      }
      assertEquals(202, ask(gateway, "GET /fn/hello", ASYNC).status());
    }
  }

  @Test
  void without_a_token_the_preference_is_not_honoured_and_answers_are_not_shown() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(200, "at once"));
        var gateway = new CallsUnderTest(folder, Setup.OPEN.withPublic())) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = ask(gateway, "GET /fn/hello", ASYNC);
      assertEquals("at once", answer.text());
      assertEquals("", answer.header("Preference-Applied"));
      String token = "Authorization: Bearer " + CallsUnderTest.CALLS_TOKEN;
      AcceptedCall call = accepted(ask(gateway, "GET /fn/hello", ASYNC, token));
      assertEquals(401, ask(gateway, "GET " + call.result()).status());
      assertEquals(401, ask(gateway, "GET " + call.location()).status());
      Awaitility.await()
          .until(() -> ask(gateway, "GET " + call.result(), token).text().equals("at once"));
    }
  }

  @Test
  void a_call_that_was_waited_for_has_no_kept_answer() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(200, "x"));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      String id = ask(gateway, "GET /fn/hello").header("Limpet-Execution");
      WireAnswer answer = ask(gateway, "GET /v1/executions/" + id + "/result");
      assertEquals(404, answer.status());
      assertEquals("execution-not-found", answer.header("Limpet-Error"));
      WireAnswer known = ask(gateway, "GET /v1/executions/" + id);
      assertNull(Json.read(Execution.class, known.bytes(), 1 << 16).result());
    }
  }

  @Test
  void a_mistake_after_a_place_was_taken_is_told_and_gives_back_all_that_the_call_had()
      throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(200, "hello"));
        var gateway = CallsUnderTest.open(folder)) {
      var member = gateway.join("a", node).holds();
      gateway.deploy("hello");
      InstantSource healthy = gateway.clock;
      gateway.clock =
          () -> {
            throw new IllegalStateException("a clock of this test that stands still");
          };
      for (int i = 0; i <= AsyncCalls.MAX_ASYNC_CALLS; i++) {
        assertEquals(500, ask(gateway, "GET /fn/hello", ASYNC).status());
      }
      assertEquals(0, member.known().gate().inFlight());
      gateway.clock = healthy;
      assertEquals("hello", result(gateway, accepted(ask(gateway, "GET /fn/hello", ASYNC))).text());
    }
  }
}
