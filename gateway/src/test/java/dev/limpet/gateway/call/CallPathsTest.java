package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.TASK;
import static dev.limpet.gateway.call.Asking.answerWell;
import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.invocation;
import static dev.limpet.gateway.call.Asking.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a call is told, and what its caller hears of it. */
@Timeout(60)
class CallPathsTest {
  @TempDir private Path folder;

  @Test
  void a_call_on_data_goes_to_its_holder_and_says_where_it_ran() throws Exception {
    List<Invocation> seen = new CopyOnWriteArrayList<>();
    List<String> authorized = new CopyOnWriteArrayList<>();
    try (var elsewhere = CallsUnderTest.node(e -> e.answer(500, "not here"));
        var holder =
            CallsUnderTest.node(
                e -> {
                  seen.add(invocation(e));
                  authorized.add(e.head().header("Authorization").orElse(""));
                  answerWell(e);
                });
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("a", elsewhere).holds();
      gateway.join("b", holder).holds(root);
      Deployed hello = gateway.deploy("hello");

      WireAnswer answer = get(gateway, "/on/" + root + "/2013/x%20y.csv/-/hello?arg=1&arg=a+b");

      assertEquals("hello", answer.text());
      assertEquals("b", answer.header("Limpet-Node"));
      assertEquals(hello.function().toString(), answer.header("Limpet-Function"));
      assertEquals("bypass", answer.header("Limpet-Memo"));
      assertEquals("900", answer.header("Limpet-Data-Bytes"));
      assertEquals("\"" + TASK + "\"", answer.header("ETag"));
      assertEquals("nosniff", answer.header("X-Content-Type-Options"));
      assertEquals("sandbox allow-scripts", answer.header("Content-Security-Policy"));
      assertTrue(
          answer.header("Server-Timing").matches("route;dur=[0-9.]+, queue;dur=0.1, run;dur=2"));
      Invocation sent = seen.getFirst();
      assertEquals(hello.function(), sent.function());
      assertEquals(hello.module(), sent.module());
      assertEquals(List.of("1", "a b"), sent.arguments());
      assertEquals(root, sent.inputs().getFirst().root());
      assertEquals(List.of("2013", "x y.csv"), sent.inputs().getFirst().path());
      assertEquals("/data", sent.inputs().getFirst().mount());
      assertTrue(sent.sources().isEmpty());
      assertTrue(sent.logAllowed());
      assertEquals(sent.execution().text(), answer.header("Limpet-Execution"));
      assertTrue(authorized.getFirst().startsWith("Bearer link-token-of-b-"));
    }
  }

  @Test
  void several_inputs_go_where_the_fewest_bytes_move_and_each_names_its_source() throws Exception {
    List<Invocation> seen = new CopyOnWriteArrayList<>();
    try (var large =
            CallsUnderTest.node(
                e -> {
                  seen.add(invocation(e));
                  answerWell(e);
                });
        var small = CallsUnderTest.node(e -> e.answer(500, "not here"));
        var gateway = CallsUnderTest.open(folder)) {
      Cid big = gateway.data();
      Cid little = gateway.data();
      gateway.join("large", large).holds(big);
      gateway.join("small", small).holdsAllOf(little, 10);
      gateway.deploy("hello");
      String inputs = big + "/-/hello?limpet-data=" + little + "&limpet-data=" + little + "/x%20y";

      WireAnswer answer = get(gateway, "/on/" + inputs, "Limpet-Max-Fetch: 10");

      assertEquals("large", answer.header("Limpet-Node"));
      Invocation sent = seen.getFirst();
      assertEquals(
          List.of("/data", "/data1", "/data2"),
          sent.inputs().stream().map(Invocation.Input::mount).toList());
      assertEquals(List.of("x y"), sent.inputs().get(2).path());
      assertEquals(List.of(1, 2), sent.sources().stream().map(Invocation.Source::input).toList());
      assertEquals(small.url(), sent.sources().getFirst().url());
      Execution known =
          gateway.executions().find(ExecutionId.parse(answer.header("Limpet-Execution")));
      assertNotNull(known);
      assertEquals(3, known.data().size());

      WireAnswer refused = get(gateway, "/on/" + inputs, "Limpet-Max-Fetch: 9");
      assertEquals(ErrorCode.WOULD_MOVE, problem(refused).code());
      String why = "/v1/why?function=hello&data=" + big + "&data=" + little;
      assertTrue(get(gateway, why).text().contains("\"chosen\":\"large\""));
      String lines = ("limpet-data=" + little + "&").repeat(17);
      assertEquals(400, get(gateway, "/fn/hello?" + lines).status());
    }
  }

  @Test
  void an_execution_is_known_after_its_end() throws Exception {
    try (var holder = CallsUnderTest.node(Asking::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("b", holder).holds(root);
      gateway.deploy("hello");
      String id = get(gateway, "/on/" + root + "/-/hello@1").header("Limpet-Execution");
      Execution known = gateway.executions().find(ExecutionId.parse(id));
      assertNotNull(known);
      assertEquals(ExecutionState.DONE, known.state());
      assertEquals("hello@1", known.name());
      assertEquals(List.of(root.toString()), known.data());
      assertEquals("b", known.node());
      assertEquals(TASK, String.valueOf(known.task()));
      assertEquals(3, known.usage().blocksRead());
      assertEquals(5, known.usage().bytesOut());
      assertEquals(0, known.exitCode());
      assertEquals("b", known.candidates().getFirst().node());
      assertNotNull(known.candidates().getFirst().cost());
      WireAnswer shown = get(gateway, "/v1/executions/" + id);
      assertTrue(shown.text().contains("\"state\":\"done\""), shown.text());
      assertEquals(404, get(gateway, "/v1/executions/" + ExecutionId.random()).status());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "name, GET, '', 'public, no-cache'",
    "cid, GET, '', 'public, max-age=86400'",
    "cid, HEAD, '', 'public, max-age=86400'",
    "cid, POST, '', no-store",
    "cid, GET, 'Cache-Control: no-store', no-store",
  })
  void caches_are_told_what_they_may_keep(String by, String method, String line, String expected)
      throws Exception {
    try (var holder = CallsUnderTest.node(Asking::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("b", holder).holds(root);
      Deployed hello = gateway.deploy("hello");
      String function = by.equals("cid") ? hello.function().toString() : "hello";
      WireAnswer answer =
          WireClient.ask(
              gateway.url(),
              WireClient.request(
                  method + " /on/" + root + "/-/" + function,
                  method.equals("POST") ? "" : null,
                  line.isEmpty() ? "X: y" : line));
      assertEquals(200, answer.status());
      assertEquals(expected, answer.header("Cache-Control"));
    }
  }

  @Test
  void data_named_in_a_header_makes_the_answer_private() throws Exception {
    try (var holder = CallsUnderTest.node(Asking::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("b", holder).holds(root);
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello", "Limpet-Data: " + root);
      assertEquals("private, no-cache", answer.header("Cache-Control"));
      assertEquals("Limpet-Data", answer.header("Vary"));
    }
  }

  @Test
  void a_304_of_the_node_passes_through() throws Exception {
    List<Invocation> seen = new CopyOnWriteArrayList<>();
    try (var holder =
            CallsUnderTest.node(
                e -> {
                  seen.add(invocation(e));
                  e.raw("HTTP/1.1 304 x\r\nETag: \"t\"\r\nVary: accept-language\r\n\r\n");
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", holder).holds();
      gateway.deploy("hello", "\"headers\":[\"accept-language\"]");
      WireAnswer answer =
          get(gateway, "/fn/hello", "If-None-Match: \"t\"", "Accept-Language: de", "Cookie: c");
      assertEquals(304, answer.status());
      assertEquals("\"t\"", answer.header("ETag"));
      assertEquals("public, no-cache", answer.header("Cache-Control"));
      assertEquals("accept-language, Limpet-Data", answer.header("Vary"));
      assertEquals("\"t\"", seen.getFirst().ifNoneMatch());
      assertEquals(Map.of("accept-language", "de"), seen.getFirst().headers());
    }
  }

  @Test
  void a_page_that_the_operator_trusts_may_read_answers() throws Exception {
    String origin = "https://console.example";
    try (var node = CallsUnderTest.node(Asking::answerWell);
        var gateway = new CallsUnderTest(folder, Setup.OPEN.trusting(origin))) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello", "Origin: " + origin);
      assertEquals(200, answer.status());
      assertEquals(origin, answer.header("Access-Control-Allow-Origin"));
      assertEquals("Origin, Limpet-Data", answer.header("Vary"));
      assertEquals("", get(gateway, "/fn/hello").header("Access-Control-Allow-Origin"));
    }
  }

  @Test
  void a_problem_of_the_node_passes_through_with_its_name() throws Exception {
    byte[] json =
        Problem.of(ErrorCode.GUEST_FAILED, "exited with 3")
            .withExitCode(3)
            .withLog("oh no".getBytes(StandardCharsets.UTF_8))
            .toJson();
    try (var node =
            CallsUnderTest.node(
                e ->
                    e.answer(
                        502,
                        new String(json, StandardCharsets.UTF_8),
                        "Content-Type: application/problem+json",
                        "Limpet-Error: guest-failed",
                        "Cache-Control: public",
                        "ETag: \"x\""));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello");
      assertEquals(502, answer.status());
      assertEquals(3, problem(answer).context().exitCode());
      assertEquals("oh no", problem(answer).context().log());
      assertEquals("b", answer.header("Limpet-Node"));
      assertEquals("", answer.header("ETag"));
      Execution known =
          gateway.executions().find(ExecutionId.parse(answer.header("Limpet-Execution")));
      assertNotNull(known);
      assertEquals(ExecutionState.FAILED, known.state());
      assertEquals("guest-failed", known.error());
      assertEquals(3, known.exitCode());
    }
  }

  @Test
  void what_a_guest_or_node_may_not_say_stays_behind() throws Exception {
    try (var node =
            CallsUnderTest.node(
                e ->
                    e.answer(
                        200,
                        "x",
                        "Limpet-Node: liar",
                        "Limpet-Admin: yes",
                        "Connection: keep-alive, X-Hop",
                        "X-Hop: 1",
                        "Server: guest",
                        "Via: guest",
                        "Access-Control-Allow-Origin: *",
                        "Content-Security-Policy: none",
                        "Service-Worker-Allowed: /",
                        "Set-Cookie: a=1",
                        "Set-Cookie: b=2"));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello");
      assertEquals("b", answer.header("Limpet-Node"));
      for (String name :
          List.of(
              "Limpet-Admin",
              "X-Hop",
              "Server",
              "Via",
              "Service-Worker-Allowed",
              "Access-Control-Allow-Origin")) {
        assertEquals("", answer.header(name), name);
      }
      assertEquals("sandbox allow-scripts", answer.header("Content-Security-Policy"));
      assertEquals(2, answer.head().headers("Set-Cookie").size());
      assertEquals("no-store", answer.header("Cache-Control"));
    }
  }
}
