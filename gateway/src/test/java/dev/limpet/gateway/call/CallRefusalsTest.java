package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.NOBODY;
import static dev.limpet.gateway.call.Asking.answerWell;
import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.invocation;
import static dev.limpet.gateway.call.Asking.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.access.Ticket;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway does not do, for whom, and what it says then. */
@Timeout(60)
class CallRefusalsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "GET /on/DATA/-/nosuch, 404, name-not-found",
    "GET /on/DATA/-/hello/rest, 400, bad-arguments",
    "GET /on/DATA/-/hello?x=1, 400, bad-arguments",
    "GET /on/DATA/-/hello?limpet-data=OTHER, 404, data-not-found",
    "GET /on/DATA/-/hello?limpet-data=no, 400, bad-cid",
    "GET /on/DATA/-/HELLO, 400, bad-name",
    "GET /on/DATA/-/%2e%2e, 400, bad-path",
    "GET /on/DATA%2Fx/-/hello, 400, bad-path",
    "GET /on/nocid/-/hello, 400, bad-cid",
    "PUT /on/DATA/-/hello, 405, method-not-allowed",
    "GET /on/OTHER/-/hello, 404, data-not-found",
  })
  void what_is_wrong_with_a_target_is_said(String start, int status, String code) throws Exception {
    try (var holder = CallsUnderTest.node(Asking::answerWell);
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

  @ParameterizedTest
  @CsvSource({
    "GET /fn/raw?arg=1, 400, bad-arguments",
    "POST /on/DATA/-/raw?arg=1, 400, bad-arguments",
    "GET /fn/raw?x=1, 400, bad-arguments",
    "GET /fn/raw/rest, 400, bad-arguments",
    "GET /on/DATA/-/raw?limpet-data=DATA, 400, bad-arguments",
    "PUT /fn/raw, 405, method-not-allowed",
    "DELETE /on/DATA/-/raw, 405, method-not-allowed",
  })
  void what_a_raw_function_does_not_take_reaches_no_node(String start, int status, String code)
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (var holder =
            CallsUnderTest.node(
                e -> {
                  calls.incrementAndGet();
                  answerWell(e);
                });
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("b", holder).holds(root);
      gateway.deploy("raw", SampleModules.raw());
      String line = start.replace("DATA", root.toString());
      WireAnswer answer = WireClient.ask(gateway.url(), WireClient.request(line, null));
      assertEquals(status, answer.status());
      assertEquals(code, problem(answer).code().code());
      assertEquals(status == 405 ? "GET, HEAD, POST, OPTIONS" : "", answer.header("Allow"));
      assertEquals(0, calls.get());
      assertEquals(200, get(gateway, "/on/" + root + "/-/raw").status());
    }
  }

  @Test
  void a_header_that_the_function_lists_may_not_be_endless() throws Exception {
    try (var node = CallsUnderTest.node(Asking::answerWell);
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
    try (var node = CallsUnderTest.node(Asking::answerWell);
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
    try (var holder = CallsUnderTest.node(Asking::answerWell);
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
      var first = gateway.join("p1", partial).holdsPartOf(root, 5000, file, 50);
      var second = gateway.join("p2", partial).holdsPartOf(root, 5000);
      gateway.deploy("hello");
      String target = "/on/" + root + "/a%20b/-/hello";
      assertEquals(409, get(gateway, target, "Limpet-Max-Fetch: 49").status());
      assertEquals(200, get(gateway, target, "Limpet-Max-Fetch: 50").status());
      assertEquals("HEAD /ipfs/" + root + "/a%20b?format=raw", asked.getFirst());

      first.holdsPartOf(root, 1L << 40, file, 50);
      second.holdsPartOf(root, 1L << 40);
      String why = "/v1/why?function=hello&data=" + root;
      assertTrue(get(gateway, why).text().contains("\"refused\":\"would-move\""));
      String weighed = get(gateway, why + "/a%20b").text();
      assertTrue(weighed.contains("\"chosen\":\"p"), weighed);
      assertTrue(weighed.contains("\"bytesToMove\":50"), weighed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b"})
  void what_lies_below_a_path_is_known_from_the_next_holder_when_one_is_gone(String gone)
      throws Exception {
    Cid file = Cid.of(Multicodec.RAW, new byte[] {1});
    Cid root = Cid.of(Multicodec.RAW, new byte[] {2});
    try (var partial =
            CallsUnderTest.node(
                e -> {
                  if (e.head().method().equals("HEAD")) {
                    e.raw("HTTP/1.1 200 ok\r\nX-Ipfs-Roots: " + root + "," + file + "\r\n\r\n");
                  } else {
                    answerWell(e);
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      for (String name : List.of("a", "b")) {
        URI url = name.equals(gone) ? NOBODY : partial.url();
        gateway.join(name, url).holdsPartOf(root, 5000, file, 50);
      }
      gateway.deploy("hello");
      WireAnswer answer = get(gateway, "/on/" + root + "/x/-/hello", "Limpet-Max-Fetch: 50");
      assertEquals(200, answer.status(), answer::text);
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
        var gateway = new CallsUnderTest(folder, Setup.OPEN.withPublic())) {
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
      WireAnswer builtIn = get(gateway, "/on/" + root + "/-/sql?arg=SELECT+1");
      assertEquals(401, builtIn.status());
      assertTrue(problem(builtIn).detail().contains("sql is built in"), builtIn.text());
      assertEquals(2, seen.size());
      assertEquals(200, get(gateway, "/on/" + root + "/-/sql?arg=SELECT+1", bearer).status());
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
}
