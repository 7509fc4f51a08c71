package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.access.Ticket;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CallPathsTest {
  private static final String TASK = "bafyreigaknpexyvxt76zgkitavbwx6ejgfheup5oybpm77f3pxzrvwpfdi";
  private static final URI NOBODY = URI.create("http://127.0.0.1:1");

  @TempDir private Path folder;

  private static Invocation invocation(WireExchange exchange) {
    return Invocation.fromHeader(exchange.head().header("Limpet-Invocation").orElse(""));
  }

  private static WireAnswer get(CallsUnderTest gateway, String target, String... lines) {
    return WireClient.ask(gateway.url(), WireClient.request("GET " + target, null, lines));
  }

  private static Problem problem(WireAnswer answer) {
    assertEquals("application/problem+json", answer.header("Content-Type"));
    Problem problem = Problem.fromJson(answer.bytes());
    assertEquals(problem.code().code(), answer.header("Limpet-Error"));
    assertEquals("no-store", answer.header("Cache-Control"));
    return problem;
  }

  private static void answerWell(WireExchange exchange) throws java.io.IOException {
    exchange.answer(
        200,
        "hello",
        "Content-Type: text/plain; charset=utf-8",
        "Limpet-Data-Bytes: 900",
        "Limpet-Task: " + TASK,
        "Limpet-Bytes-Fetched: 0",
        "Limpet-Blocks-Read: 3",
        "Server-Timing: queue;dur=0.1, run;dur=2",
        "ETag: \"" + TASK + "\"");
  }

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
  void an_execution_is_known_after_its_end() throws Exception {
    try (var holder = CallsUnderTest.node(CallPathsTest::answerWell);
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
    try (var holder = CallsUnderTest.node(CallPathsTest::answerWell);
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
    try (var holder = CallsUnderTest.node(CallPathsTest::answerWell);
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
      assertEquals("accept-language", answer.header("Vary"));
      assertEquals("\"t\"", seen.getFirst().ifNoneMatch());
      assertEquals(Map.of("accept-language", "de"), seen.getFirst().headers());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET /on/DATA/-/nosuch, 404, name-not-found",
    "GET /on/DATA/-/hello/rest, 400, bad-arguments",
    "GET /on/DATA/-/hello?x=1, 400, bad-arguments",
    "GET /on/DATA/-/hello?limpet-data=DATA, 422, not-supported",
    "GET /on/DATA/-/HELLO, 400, bad-name",
    "GET /on/DATA/-/%2e%2e, 400, bad-path",
    "GET /on/DATA%2Fx/-/hello, 400, bad-path",
    "GET /on/nocid/-/hello, 400, bad-cid",
    "PUT /on/DATA/-/hello, 405, method-not-allowed",
    "GET /on/OTHER/-/hello, 404, data-not-found",
  })
  void what_is_wrong_with_a_target_is_said(String start, int status, String code) throws Exception {
    try (var holder = CallsUnderTest.node(CallPathsTest::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("b", holder).holds(root);
      gateway.deploy("hello");
      String line =
          start.replace("DATA", root.toString()).replace("OTHER", gateway.data().toString());
      WireAnswer answer = WireClient.ask(gateway.url(), WireClient.request(line, null));
      assertEquals(status, answer.status());
      assertEquals(code, problem(answer).code().code());
      assertEquals(status == 405 ? "GET, HEAD, POST, OPTIONS" : "", answer.header("Allow"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET | Limpet-Timeout: soon | 400 | bad-header",
        "GET | Limpet-Timeout: 0s | 400 | bad-header",
        "GET | Limpet-Max-Fetch: much | 400 | bad-header",
        "GET | Prefer: respond-async | 422 | not-supported",
        "GET | Limpet-Data: bafkqaaa%2F | 400 | bad-path",
        "GET | Content-Length: 1 | 400 | body-not-allowed",
        "GET | Transfer-Encoding: chunked | 400 | body-not-allowed",
        "POST | Content-Length: 9000000000 | 413 | body-too-large",
      })
  void what_is_wrong_with_a_header_is_said(String method, String line, int status, String code)
      throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      gateway.deploy("hello");
      WireAnswer answer =
          WireClient.ask(gateway.url(), WireClient.request(method + " /fn/hello", null, line));
      assertEquals(status, answer.status());
      assertEquals(code, problem(answer).code().code());
    }
  }

  @Test
  void a_header_that_the_function_lists_may_not_be_endless() throws Exception {
    try (var node = CallsUnderTest.node(CallPathsTest::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello", "\"headers\":[\"x-a\"]");
      assertEquals(431, get(gateway, "/fn/hello", "X-A: " + "x".repeat(5000)).status());
      String controls = "/fn/hello?arg=" + "%01".repeat(2600);
      assertEquals(200, get(gateway, controls).status());
      assertEquals(431, get(gateway, controls, "X-A: " + "x".repeat(4000)).status());
      assertEquals(200, get(gateway, "/fn/hello?arg=" + "x".repeat(7900)).status());
    }
  }

  @Test
  void functions_of_kinds_that_are_not_built_yet_are_refused() throws Exception {
    try (var node = CallsUnderTest.node(CallPathsTest::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      Deployed hello = gateway.deploy("hello");
      assertEquals(200, get(gateway, "/fn/" + hello.module()).status());
      assertEquals(200, get(gateway, "/fn/" + hello.function()).status());
      assertEquals(404, get(gateway, "/fn/" + gateway.data()).status());
    }
  }

  @Test
  void holders_that_are_away_are_named() throws Exception {
    try (var holder = CallsUnderTest.node(CallPathsTest::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("a", holder).holds();
      gateway.join("b", holder).holds(root).saysGoodbye();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/on/" + root + "/-/hello");
      assertEquals(503, answer.status());
      Problem problem = problem(answer);
      assertEquals("holders-offline", problem.code().code());
      assertEquals("b", problem.context().holders().getFirst().node());
      assertNotNull(problem.context().holders().getFirst().lastSeen());
      assertEquals("5", answer.header("Retry-After"));
      assertEquals(503, get(gateway, "/ipfs/" + root).status());
    }
  }

  @Test
  void a_holder_that_died_without_a_word_is_named_too() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      var member = gateway.join("b", NOBODY).holds(root);
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/on/" + root + "/-/hello");
      assertEquals("holders-offline", problem(answer).code().code());
      assertTrue(answer.text().contains("\"node\":\"b\""), answer.text());
      assertEquals(0, member.known().inFlight());
    }
  }

  @Test
  void without_any_node_a_call_says_so() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      gateway.deploy("hello");
      assertEquals("no-node", problem(get(gateway, "/fn/hello")).code().code());
    }
  }

  @Test
  void data_travels_only_as_far_as_the_call_allows() throws Exception {
    List<Invocation> seen = new CopyOnWriteArrayList<>();
    try (var partial =
            CallsUnderTest.node(
                e -> {
                  seen.add(invocation(e));
                  answerWell(e);
                });
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("p1", partial).holdsPartOf(root, 5000);
      gateway.join("p2", partial).holdsPartOf(root, 5000);
      gateway.deploy("hello");
      String target = "/on/" + root + "/-/hello";
      WireAnswer refused = get(gateway, target, "Limpet-Max-Fetch: 4999");
      assertEquals(409, refused.status());
      assertEquals("would-move", problem(refused).code().code());
      assertEquals(2, problem(refused).context().candidates().size());

      assertEquals(200, get(gateway, target, "Limpet-Max-Fetch: 5000").status());
      Invocation sent = seen.getFirst();
      assertEquals(5000, sent.maxFetchBytes());
      assertEquals(1, sent.sources().size());
      Invocation.Source source = sent.sources().getFirst();
      assertEquals(partial.url(), source.url());
      boolean ofOne =
          Ticket.verify("link-token-of-p1-0123456789abcdef0123456789", root, source.ticket());
      boolean ofTwo =
          Ticket.verify("link-token-of-p2-0123456789abcdef0123456789", root, source.ticket());
      assertNotEquals(ofOne, ofTwo);
    }
  }

  @Test
  void of_a_directory_only_what_lies_below_the_path_has_to_travel() throws Exception {
    Cid file = Cid.of(Multicodec.RAW, new byte[] {1});
    Cid root = Cid.of(Multicodec.RAW, new byte[] {2});
    List<String> asked = new CopyOnWriteArrayList<>();
    try (var partial =
            CallsUnderTest.node(
                e -> {
                  asked.add(e.head().method() + " " + e.head().target());
                  if (e.head().method().equals("HEAD")) {
                    e.raw(
                        "HTTP/1.1 200 ok\r\nContent-Length: 9\r\nX-Ipfs-Roots: "
                            + root
                            + ","
                            + file
                            + "\r\n\r\n");
                  } else {
                    answerWell(e);
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("p1", partial).holdsPartOf(root, 5000, file, 50);
      gateway.join("p2", partial).holdsPartOf(root, 5000);
      gateway.deploy("hello");
      String target = "/on/" + root + "/a%20b/-/hello";
      assertEquals(409, get(gateway, target, "Limpet-Max-Fetch: 49").status());
      assertEquals(200, get(gateway, target, "Limpet-Max-Fetch: 50").status());
      assertEquals("HEAD /ipfs/" + root + "/a%20b?format=raw", asked.getFirst());
    }
  }

  @Test
  void the_public_calls_names_on_data_that_is_held_and_nothing_else() throws Exception {
    List<Invocation> seen = new CopyOnWriteArrayList<>();
    try (var holder =
            CallsUnderTest.node(
                e -> {
                  if (e.head().target().startsWith("/ipfs")) {
                    e.answer(200, "data", "Cache-Control: public, max-age=9, immutable");
                  } else {
                    seen.add(invocation(e));
                    answerWell(e);
                  }
                });
        var gateway = new CallsUnderTest(folder, CallsUnderTest.Setup.OPEN.withPublic())) {
      Cid root = gateway.data();
      Cid part = gateway.data();
      gateway.join("b", holder).holds(root);
      gateway.join("c", holder).holdsPartOf(part, 10);
      Deployed hello = gateway.deploy("hello");
      String bearer = "Authorization: Bearer " + CallsUnderTest.CALLS_TOKEN;

      WireAnswer named = get(gateway, "/on/" + root + "/-/hello", "Limpet-Max-Fetch: 1GiB");
      assertEquals("public, no-cache", named.header("Cache-Control"));
      assertFalse(seen.getFirst().logAllowed());
      assertEquals(0, seen.getFirst().maxFetchBytes());
      WireAnswer known = get(gateway, "/on/" + root + "/-/" + hello.function(), bearer);
      assertEquals("private, max-age=86400", known.header("Cache-Control"));
      assertTrue(seen.get(1).logAllowed());

      assertEquals(401, get(gateway, "/fn/" + hello.function()).status());
      assertEquals(401, get(gateway, "/fn/" + hello.module()).status());
      assertEquals(401, get(gateway, "/fn/" + gateway.data()).status());
      WireAnswer moving = get(gateway, "/on/" + part + "/-/hello");
      assertEquals("would-move", problem(moving).code().code());
      assertTrue(problem(moving).context().candidates().isEmpty());
      assertEquals(401, get(gateway, "/fn/hello", "Authorization: Bearer no").status());
      assertEquals(401, get(gateway, "/v1/executions/" + ExecutionId.random()).status());

      assertEquals(
          "public, max-age=9, immutable", get(gateway, "/ipfs/" + root).header("Cache-Control"));
      assertEquals(
          "private, max-age=9, immutable",
          get(gateway, "/ipfs/" + root, bearer).header("Cache-Control"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"})
  void pages_of_strangers_call_nothing(String line) throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  calls.incrementAndGet();
                  answerWell(e);
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello", line);
      assertEquals("foreign-origin", problem(answer).code().code());
      assertEquals("", answer.header("Access-Control-Allow-Origin"));
      assertEquals(0, calls.get());
    }
  }

  @Test
  void a_page_that_the_operator_trusts_may_read_answers() throws Exception {
    String origin = "https://console.example";
    try (var node = CallsUnderTest.node(CallPathsTest::answerWell);
        var gateway = new CallsUnderTest(folder, CallsUnderTest.Setup.OPEN.trusting(origin))) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/fn/hello", "Origin: " + origin);
      assertEquals(200, answer.status());
      assertEquals(origin, answer.header("Access-Control-Allow-Origin"));
      assertEquals("Origin", answer.header("Vary"));
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
