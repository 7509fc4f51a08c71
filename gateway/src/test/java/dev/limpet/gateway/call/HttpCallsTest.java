package dev.limpet.gateway.call;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.trace.TraceContext;
import dev.limpet.testkit.patience.Patience;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireHead;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of functions of the kind http through a gateway. */
@Timeout(60)
class HttpCallsTest {
  @TempDir private Path folder;

  @Test
  void an_http_function_takes_any_method_and_answers_while_its_body_still_arrives()
      throws Exception {
    List<Invocation> seen = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  seen.add(Asking.invocation(e));
                  e.begin(
                      201, "Content-Type: text/event-stream", "Set-Cookie: a=1", "Set-Cookie: b");
                  e.chunk(":");
                  for (int next = e.body().read(); next >= 0; next = e.body().read()) {
                    e.chunk(new byte[] {(byte) next});
                  }
                  e.end();
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("echo", "\"abi\":\"http\"");
      try (WireClient client = WireClient.connect(gateway.url())) {
        WireHead head =
            client
                .send("PATCH /fn/echo/a/b?x=1&arg=2 HTTP/1.1\r\n")
                .send("Host: localhost\r\n")
                .send("Transfer-Encoding: chunked\r\n\r\n")
                .head();
        assertEquals(201, head.status());
        assertEquals(List.of("a=1", "b"), head.headers("Set-Cookie"));
        assertEquals("no-store", head.header("Cache-Control").orElse(""));
        InputStream body = client.body(head);
        assertEquals(':', body.read());
        for (char letter : new char[] {'x', 'y'}) {
          client.send("1\r\n" + letter + "\r\n");
          assertEquals(letter, body.read());
        }
        client.send("0\r\n\r\n");
        assertEquals(-1, body.read());
      }
      Invocation sent = seen.getFirst();
      assertEquals("PATCH", sent.method());
      assertEquals("/a/b", sent.path());
      assertEquals("x=1&arg=2", sent.query());
      WireAnswer trace = WireClient.ask(gateway.url(), WireClient.request("TRACE /fn/echo", null));
      assertEquals(405, trace.status());
      String usual = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
      assertEquals(usual, trace.header("Allow"));
      String options = WireClient.request("OPTIONS /fn/echo/a?b=c", null);
      assertEquals(usual, WireClient.ask(gateway.url(), options).header("Allow"));
    }
  }

  @Test
  @Tag("long")
  void the_answer_of_an_http_function_may_go_on_after_the_time_for_its_first_byte()
      throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (var node =
            CallsUnderTest.node(
                e -> {
                  e.begin(200, "Content-Type: text/event-stream");
                  Patience.await(over);
                  e.chunk("late");
                  e.end();
                });
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("events", "\"abi\":\"http\"");
      WireHead head =
          caller.send(WireClient.request("GET /fn/events", null, "Limpet-Timeout: 4s")).head();
      assertEquals("text/event-stream", head.header("Content-Type").orElse(""));
      long deadline = System.nanoTime() + CallPaths.GRACE.plusMillis(4200).toNanos();
      await().until(() -> System.nanoTime() - deadline > 0);
      over.countDown();
      WireAnswer answer = caller.rest(head);
      assertEquals("late", answer.text());
      assertFalse(answer.cut());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void an_answer_without_a_body_has_no_length_either(int status) throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> e.raw("HTTP/1.1 " + status + " n\r\nX-A: b\r\nContent-Length: 0\r\n\r\n"));
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("note", "\"abi\":\"http\"");
      for (int i = 0; i < 2; i++) {
        WireAnswer answer = caller.send(WireClient.request("DELETE /fn/note", null)).answer();
        assertEquals(status, answer.status());
        assertEquals("b", answer.header("X-A"));
        assertEquals(List.of(), answer.head().headers("Content-Length"));
        assertEquals(List.of(), answer.head().headers("Transfer-Encoding"));
      }
    }
  }

  @Test
  void what_a_function_takes_is_told_to_those_who_may_call_it() throws Exception {
    try (var gateway = new CallsUnderTest(folder, Setup.OPEN.withPublic())) {
      String function = gateway.deploy("note", "\"abi\":\"http\"").function().toString();
      String token = "Authorization: Bearer " + CallsUnderTest.CALLS_TOKEN;
      assertTrue(allowed(gateway, "note").contains("PATCH"));
      assertEquals("GET, HEAD, POST, OPTIONS", allowed(gateway, function));
      assertTrue(allowed(gateway, function, token).contains("PATCH"));
      assertEquals("GET, HEAD, POST, OPTIONS", allowed(gateway, "other", token));
    }
  }

  private static String allowed(CallsUnderTest gateway, String function, String... lines) {
    String options = WireClient.request("OPTIONS /fn/" + function, null, lines);
    WireAnswer answer = WireClient.ask(gateway.url(), options);
    assertEquals(204, answer.status());
    assertEquals(List.of(), answer.head().headers("Content-Length"));
    return answer.header("Allow");
  }

  @Test
  void a_trace_goes_on_to_the_node_and_never_to_the_function() throws Exception {
    List<String> traces = new CopyOnWriteArrayList<>();
    List<String> states = new CopyOnWriteArrayList<>();
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (var node =
            CallsUnderTest.node(
                e -> {
                  traces.add(e.head().header("traceparent").orElse("none"));
                  states.add(e.head().header("tracestate").orElse("none"));
                  assertEquals(Map.of(), Asking.invocation(e).headers());
                  e.answer(200, "");
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      for (String sent : List.of(trace, "00-0af7-b7ad-01", trace + "\r\ntraceparent: " + trace)) {
        String[] lines = {"traceparent: " + sent, "tracestate: vendor=1"};
        assertEquals(200, Asking.get(gateway, "/fn/hello", lines).status());
      }
      assertEquals(200, Asking.get(gateway, "/fn/hello").status());
    }
    assertEquals(4, traces.size());
    assertEquals(List.of("vendor=1", "none", "none", "none"), states);
    assertEquals(trace.substring(0, 36), traces.getFirst().substring(0, 36));
    for (String replaced : traces.subList(1, 3)) {
      assertNotNull(
          TraceContext.of(name -> name.equals(TraceContext.PARENT) ? List.of(replaced) : List.of()),
          replaced);
      assertFalse(replaced.startsWith(trace.substring(0, 36)));
    }
    assertEquals("none", traces.getLast());
  }

  /** Or a cache would give an answer to everybody that somebody chose with a header. */
  @Test
  void the_type_of_a_request_without_a_body_makes_its_answer_private() throws Exception {
    try (var node = CallsUnderTest.node(Asking::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      String byCid = "/fn/" + gateway.deploy("echo", "\"abi\":\"http\"").function();
      WireAnswer usual = Asking.get(gateway, byCid);
      assertEquals("public, max-age=86400", usual.header("Cache-Control"));
      assertEquals("Limpet-Data, Content-Type", usual.header("Vary"));
      WireAnswer chosen = Asking.get(gateway, byCid, "Content-Type: text/evil");
      assertEquals("private, max-age=86400", chosen.header("Cache-Control"));
      assertEquals("Limpet-Data, Content-Type", chosen.header("Vary"));
    }
  }
}
