package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("it reads all that this JVM logs")
class HostileRequestTest {
  private static final String CID = "bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

  @TempDir static Path dir = Path.of("");

  private static NodeUnderTest node;

  @BeforeAll
  static void start() {
    node = NodeUnderTest.start(dir);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/ipfs/hello, 400, bad-cid",
    "/ipfs/" + CID + "x, 400, bad-cid",
    "/ipfs/, 400, bad-path",
    "/ipfs/" + CID + "/a%2Fb, 404, data-not-found",
    "/ipfs/" + CID + "%2F..%2F..%2Fv1%2Fnode, 400, bad-path",
    "/ipfs/" + CID + "/..%2Fv1/node, 400, bad-path",
    "/v1%2Fnode, 400, bad-path",
    "/ipfs/" + CID + "/../x, 400, bad-path",
    "/ipfs/" + CID + "/%2e%2e/x, 400, bad-path",
    "/ipfs/" + CID + "/./x, 400, bad-path",
    "/ipfs/" + CID + "//x, 400, bad-path",
    "/ipfs/" + CID + "/a%00, 400, bad-path",
    "/ipfs/" + CID + "/a%ff, 400, bad-path",
    "/ipfs/" + CID + "/a%2, 400, bad-request",
    "/ipfs/" + CID + ", 404, data-not-found",
    "/ipfs/" + CID + "/x, 404, data-not-found",
    "/v1/pins/nothing, 405, method-not-allowed",
    "/v1/unknown, 404, not-found",
    "/, 404, not-found",
    "/on/" + CID + "/-/hello, 404, not-found",
    "/v1/dags, 405, method-not-allowed",
    "/v1/pins?limit=many, 400, bad-query",
    "/v1/pins?colour=red, 400, bad-query",
  })
  void targets_that_mean_nothing_are_refused_by_name(String target, int status, String code) {
    WireAnswer answer = node.ask("GET " + target);
    assertEquals(code, answer.header("Limpet-Error"), answer::text);
    assertEquals(status, answer.status());
    assertEquals("application/problem+json", answer.header("Content-Type"));
    assertTrue(answer.text().contains("urn:limpet:error:" + code));
  }

  @Test
  void a_method_that_is_not_known_is_answered_with_those_that_are() {
    assertEquals("POST", node.ask("GET /v1/dags").header("Allow"));
    assertEquals("PUT, DELETE", node.ask("GET /v1/pins/" + CID).header("Allow"));
    WireAnswer answer = node.ask("DELETE /ipfs/" + CID);
    assertEquals(405, answer.status());
    assertEquals("GET, HEAD", answer.header("Allow"));
    assertEquals(405, node.ask("BREW /health/live").status());
  }

  @Test
  void a_client_that_says_close_is_not_kept_waiting() {
    for (String line : new String[] {"GET /health/live", "GET /ipfs/hello", "GET /v1/dags"}) {
      try (WireClient client = WireClient.connect(node.url())) {
        client.send(line + " HTTP/1.1\r\nHost: localhost\r\nConnection: foo, Close\r\n\r\n");
        assertEquals("close", client.answer().header("Connection"), line);
        assertTrue(client.isEnded(), line);
      }
    }
  }

  @Test
  void a_target_that_is_too_long_is_414() {
    WireAnswer answer = node.ask("GET /ipfs/" + CID + "/" + "a".repeat(9000));
    assertEquals(414, answer.status());
    assertEquals("target-too-long", answer.header("Limpet-Error"));
    WireAnswer longer = node.ask("GET /ipfs/" + CID + "/" + "a".repeat(40_000));
    assertEquals(414, longer.status());
    assertEquals("target-too-long", longer.header("Limpet-Error"));
  }

  @Test
  void headers_that_are_too_large_are_431() {
    WireAnswer answer = node.ask("GET /health/live", "X-Large: " + "a".repeat(100_000));
    assertEquals(431, answer.status());
    assertEquals("headers-too-large", answer.header("Limpet-Error"));
  }

  @Test
  void a_name_that_was_pointed_here_is_421() {
    WireAnswer answer = node.ask("GET /v1/node", "Host: evil.example");
    assertEquals(421, answer.status());
    assertEquals("wrong-host", answer.header("Limpet-Error"));
    assertEquals(421, node.ask("GET /ipfs/" + CID, "Host: evil.example:8641").status());
    assertEquals(200, node.ask("GET /v1/node", "Host: [::1]:99").status());
  }

  @Test
  void a_page_of_another_origin_changes_nothing() {
    SampleDag dag = SampleDag.file(1, 100);
    WireAnswer fetched = node.add(dag.car(), "Origin: https://evil.example");
    assertEquals(403, fetched.status());
    assertEquals("foreign-origin", fetched.header("Limpet-Error"));
    assertEquals(403, node.add(dag.car(), "Sec-Fetch-Site: cross-site").status());
    assertEquals(403, node.add(dag.car(), "Origin: null").status());
    assertEquals(403, node.ask("DELETE /v1/pins/" + CID, "Origin: https://evil.example").status());
    assertEquals(400, node.ask("GET /ipfs/" + CID, "Service-Worker: script").status());
    assertEquals(404, node.ask("GET /ipfs/" + dag.root()).status());
  }

  @Test
  void a_body_without_end_that_is_no_car_is_cut_off() {
    String head =
        String.join(
            "\r\n",
            "POST /v1/dags HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/vnd.ipld.car",
            "Transfer-Encoding: chunked",
            "",
            "");
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(head).send("a\r\n\0\0\0\0\0\0\0\0\0\0\r\n");
      WireAnswer answer = client.answer();
      assertEquals(400, answer.status());
      assertEquals("bad-car", answer.header("Limpet-Error"));
      assertTrue(client.isEnded());
    }
  }

  @Test
  void a_chunk_that_states_more_than_a_chunk_may_have_is_refused() {
    String head =
        String.join(
            "\r\n",
            "POST /v1/dags HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/vnd.ipld.car",
            "Transfer-Encoding: chunked",
            "",
            "7fffffff",
            "abc");
    WireAnswer answer = WireClient.ask(node.url(), head);
    assertEquals(413, answer.status());
    assertEquals("body-too-large", answer.header("Limpet-Error"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3\r\nabcXX0\r\n\r\n",
        "3\r\nabc\r0\r\n\r\n",
        "3\r\nabcd\r\n0\r\n\r\n",
        "+3\r\nabc\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n",
        " 3\r\nabc\r\n0\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
        "3\nabc\n0\n\n",
        "3\0\r\nabc\r\n0\r\n\r\n",
        "100000003\r\nabc\r\n0\r\n\r\n",
        "0\r\nLimpet-Invocation: x\r\n\r\n"
      })
  void a_chunk_that_is_not_framed_to_the_letter_ends_the_connection(String body) {
    String head =
        String.join(
            "\r\n",
            "POST /v1/dags HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/vnd.ipld.car",
            "Transfer-Encoding: chunked",
            "",
            "");
    String next = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(head + body + next);
      WireAnswer answer = client.answer();
      assertEquals(400, answer.status());
      assertEquals("bad-request", answer.header("Limpet-Error"));
      client.endOutput();
      assertThrows(UncheckedIOException.class, client::head, "what follows was answered");
      assertTrue(client.isEnded());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 3\r\nContent-Length: 3",
        "Content-Length: 3, 3",
        "Content-Length: +3",
        "Content-Length: -1",
        "Content-Length : 3",
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding:\r\n chunked",
        "Transfer-Encoding: ",
        "X: a\rTransfer-Encoding: chunked",
        "X: a\nTransfer-Encoding: chunked",
        "Host: localhost"
      })
  void a_request_of_which_two_servers_could_see_two_ends_is_the_last_of_its_connection(
      String lines) {
    String head = "POST /v1/dags HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n\r\n";
    String next = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(head + "0\r\n\r\n" + next);
      WireAnswer answer = client.answer();
      assertEquals(400, answer.status());
      assertEquals("bad-request", answer.header("Limpet-Error"));
      assertThrows(UncheckedIOException.class, client::head, "what follows was answered");
      assertTrue(client.isEnded());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\nGET /", "G@T /", "GET\t/"})
  void a_line_that_begins_no_request_is_the_callers_mistake(String start) {
    WireAnswer answer =
        WireClient.ask(node.url(), start + "health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertEquals(400, answer.status());
    assertEquals("bad-request", answer.header("Limpet-Error"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/%76%31/node", "/v1/n%6Fde", "/%69pfs/" + CID, "/%61pi/v0/version", "/%6Fn/x"})
  void a_second_spelling_of_a_path_leads_nowhere(String path) {
    WireAnswer answer = node.ask("GET " + path);
    assertEquals("400 bad-path", answer.status() + " " + answer.header("Limpet-Error"));
  }

  @ParameterizedTest
  @ValueSource(strings = {": x", ":", " : x"})
  void a_header_without_a_name_is_refused(String line) {
    WireAnswer answer = node.ask("GET /health/live", line);
    assertEquals("400 bad-request", answer.status() + " " + answer.header("Limpet-Error"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "Get", "dELETE"})
  void a_method_in_small_letters_is_none(String method) {
    WireAnswer answer = node.ask(method + " /health/live");
    assertEquals("400 bad-request", answer.status() + " " + answer.header("Limpet-Error"));
  }

  @Test
  void what_strangers_send_writes_nothing_to_the_log() {
    List<LogRecord> records = Collections.synchronizedList(new ArrayList<>());
    Handler keeping = new KeepingHandler(records);
    Logger root = Logger.getLogger("");
    root.addHandler(keeping);
    try {
      for (String head :
          List.of(
              "hello",
              "\nGET / HTTP/1.1",
              "G\0T / HTTP/1.1",
              "GET / HTTP/1.0",
              "GET /%zz HTTP/1.1",
              "get / HTTP/1.1",
              "GET / HTTP/1.1\r\nno colon",
              "GET / HTTP/1.1\r\n: x",
              "GET / HTTP/1.1\r\nHost: a:b",
              "GET / HTTP/1.1\r\nX: \0",
              "GET / HTTP/1.1\r\nContent-Length: x")) {
        try (WireClient client = WireClient.connect(node.url())) {
          assertEquals(400, client.send(head + "\r\n\r\n").answer().status(), head);
          assertTrue(client.isEnded(), head);
        }
      }
    } finally {
      root.removeHandler(keeping);
    }
    assertEquals(List.of(), records.stream().map(LogRecord::getMessage).toList());
  }

  @Test
  void what_is_no_http_gets_an_answer_and_the_node_lives_on() {
    WireAnswer answer = WireClient.ask(node.url(), "hello\r\n\r\n");
    assertEquals(400, answer.status());
    assertEquals("bad-request", answer.header("Limpet-Error"));
    assertEquals(200, node.ask("GET /health/ready").status());
  }

  /** Keeps what an operator would see of it. */
  private static final class KeepingHandler extends Handler {
    private final List<LogRecord> records;

    KeepingHandler(List<LogRecord> records) {
      this.records = records;
    }

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
        records.add(line);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
