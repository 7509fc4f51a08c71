package dev.limpet.gateway;

import static dev.limpet.gateway.DeployTest.assertProblem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.function.Deploys;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers, browsers and broken clients send; after each the gateway is as before. */
class HostileRequestTest {
  private final GatewayUnderTest gateway;

  HostileRequestTest(@TempDir Path dir) {
    gateway = GatewayUnderTest.start(dir, "max-body=16MiB");
  }

  @AfterEach
  void nothing_was_deployed_and_it_still_answers() {
    assertTrue(gateway.functions().isEmpty());
    assertTrue(gateway.names().isEmpty());
    gateway.close();
  }

  @Test
  void a_rebound_name_is_answered_by_nobody() {
    for (String target : List.of("/v1/names", "/health/live", "/metrics", "/nothing")) {
      assertProblem(421, "wrong-host", gateway.get(target, "Host: evil.example"));
    }
    assertProblem(421, "wrong-host", deploy("Host: evil.example:" + gateway.url().getPort()));
    assertProblem(421, "wrong-host", deploy("Host: localhost", "Host: localhost"));
    assertEquals(200, gateway.get("/v1/names", "Host: LOCALHOST:1").status());
    assertEquals(200, gateway.get("/v1/names", "Host: [::1]").status());
    WireAnswer none =
        WireClient.ask(gateway.url(), "GET /v1/names HTTP/1.1\r\nConnection: close\r\n\r\n");
    assertProblem(421, "wrong-host", none);
  }

  @Test
  void a_page_of_another_origin_changes_nothing() {
    assertProblem(403, "foreign-origin", deploy("Origin: https://evil.example"));
    assertProblem(403, "foreign-origin", deploy("Origin: null"));
    assertProblem(403, "foreign-origin", deploy("Sec-Fetch-Site: cross-site"));
    assertProblem(403, "foreign-origin", deploy("Sec-Fetch-Site: same-site"));
    assertProblem(
        403,
        "foreign-origin",
        gateway.json("POST /v1/nodes/challenges", "{}", "Sec-Fetch-Site: cross-site"));
    WireAnswer preflight =
        WireClient.ask(
            gateway.url(),
            WireClient.request(
                "OPTIONS /v1/functions",
                null,
                "Origin: https://evil.example",
                "Access-Control-Request-Method: POST"));
    assertEquals(204, preflight.status());
    assertEquals("", preflight.header("Access-Control-Allow-Origin"));
    WireAnswer read = gateway.get("/v1/names", "Origin: https://evil.example");
    assertEquals("", read.header("Access-Control-Allow-Origin"));
    assertEquals("same-origin", read.header("Cross-Origin-Resource-Policy"));
  }

  @Test
  void what_a_form_can_send_is_read_by_no_resource() {
    byte[] wasm = SampleModules.hello();
    for (String type :
        List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
      assertProblem(
          415,
          "unsupported-media-type",
          gateway.ask("POST /v1/functions", wasm, "Content-Type: " + type));
      for (String line :
          List.of("PUT /v1/names/greet", "POST /v1/names/greet/rollback", "POST /v1/nodes")) {
        assertProblem(
            415,
            "unsupported-media-type",
            gateway.ask(line, new byte[] {123, 125}, "Content-Type: " + type));
      }
    }
    assertProblem(415, "unsupported-media-type", gateway.ask("POST /v1/functions", wasm));
  }

  @Test
  void a_service_worker_is_never_served() {
    assertProblem(403, "foreign-origin", gateway.get("/v1/names", "Service-Worker: script"));
  }

  @Test
  void json_that_is_none_or_too_much_is_refused() {
    for (String json :
        List.of(
            "", "{", "null", "[]", "{\"function\":1}", "{\"function\":\"a\",\"function\":\"b\"}")) {
      assertProblem(400, "bad-json", gateway.json("PUT /v1/names/greet", json));
    }
    assertProblem(413, "body-too-large", gateway.json("PUT /v1/names/greet", " ".repeat(100_000)));
    assertProblem(400, "bad-json", gateway.json("POST /v1/nodes", "[".repeat(1000)));
  }

  @Test
  void a_body_that_is_too_large_is_refused_before_and_while_it_comes() {
    String head =
        "POST /v1/functions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/wasm\r\n";
    WireAnswer declared =
        WireClient.ask(gateway.url(), head + "Content-Length: 99999999999\r\n\r\n");
    assertProblem(413, "body-too-large", declared);
    try (WireClient client = WireClient.connect(gateway.url())) {
      client.send(head + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "10000\r\n" + "x".repeat(1 << 16) + "\r\n";
      for (int i = 0; i <= Deploys.MAX_MODULE_BYTES >> 16; i++) {
        client.send(chunk);
      }
      assertProblem(413, "body-too-large", client.answer());
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
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: xchunked\r\nContent-Length: 5",
        "Transfer-Encoding: identity\r\nContent-Length: 5",
        "Transfer-Encoding: ",
        "X: a\rTransfer-Encoding: chunked",
        "X: a\nTransfer-Encoding: chunked"
      })
  void a_request_of_which_two_servers_could_see_two_ends_is_the_last_of_its_connection(
      String lines) {
    String head = "POST /fn/a HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n\r\n";
    String next = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (WireClient client = WireClient.connect(gateway.url())) {
      client.send(head + "0\r\n\r\n" + next);
      WireAnswer answer = client.answer();
      assertEquals(400, answer.status());
      assertEquals("bad-request", answer.header("Limpet-Error"));
      assertEquals("close", answer.header("Connection"));
      assertThrows(UncheckedIOException.class, client::head, "what follows was answered");
      assertTrue(client.isEnded());
    }
  }

  @Test
  void a_body_that_breaks_off_deploys_nothing() {
    try (WireClient client = WireClient.connect(gateway.url())) {
      client.send(
          "POST /v1/functions?name=half HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: application/wasm\r\nContent-Length: 1000\r\n\r\nhalf");
      client.reset();
    }
    assertProblem(404, "name-not-found", gateway.get("/v1/names/half"));
  }

  @Test
  void expect_continue_is_answered_only_when_the_body_is_wanted() {
    assertProblem(415, "unsupported-media-type", announced("text/plain"));
    assertProblem(413, "body-too-large", announced("application/wasm"));
  }

  @Test
  void heads_that_are_too_large_get_their_own_answers() {
    String host = "\r\nHost: localhost\r\n";
    WireAnswer line =
        WireClient.ask(gateway.url(), "GET /" + "a".repeat(20_000) + " HTTP/1.1" + host + "\r\n");
    assertEquals("414 target-too-long", line.status() + " " + line.header("Limpet-Error"));
    WireAnswer target =
        WireClient.ask(gateway.url(), "GET /" + "a".repeat(9000) + " HTTP/1.1" + host + "\r\n");
    assertEquals("414 target-too-long", target.status() + " " + target.header("Limpet-Error"));
    WireAnswer headers =
        WireClient.ask(
            gateway.url(),
            "GET /v1/names HTTP/1.1" + host + "X: " + "a".repeat(40_000) + "\r\n\r\n");
    assertEquals("431 headers-too-large", headers.status() + " " + headers.header("Limpet-Error"));
    WireAnswer noise = WireClient.ask(gateway.url(), "what is this\r\n\r\n");
    assertEquals("400 bad-request", noise.status() + " " + noise.header("Limpet-Error"));
  }

  @Test
  void paths_that_climb_or_hide_a_slash_are_refused() {
    for (String path :
        List.of(
            "/v1/../v1/names",
            "/v1//names",
            "/v1/names/%2e%2e",
            "/v1/names%2Fa",
            "/v1/names/",
            "/v1/%00",
            "/v1/%zz")) {
      assertProblem(400, "bad-path", gateway.get(path));
    }
    assertProblem(400, "bad-path", gateway.get("http://localhost/v1/names"));
  }

  @Test
  void a_second_spelling_of_a_path_leads_nowhere() {
    for (String path : List.of("/%76%31/names", "/v1/n%61mes", "/%66n/greet", "/%69pfs/x")) {
      assertProblem(400, "bad-path", gateway.get(path));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {": x", ":"})
  void a_header_without_a_name_is_refused(String line) {
    WireAnswer answer =
        WireClient.ask(
            gateway.url(), "GET /v1/names HTTP/1.1\r\nHost: localhost\r\n" + line + "\r\n\r\n");
    assertProblem(400, "bad-request", answer);
  }

  @Test
  void a_method_in_small_letters_is_another_method() {
    assertProblem(405, "method-not-allowed", gateway.ask("get /v1/names", new byte[0]));
  }

  @Test
  void what_is_not_there_is_not_found_and_wrong_methods_are_named() {
    for (String path :
        List.of(
            "/",
            "/v1",
            "/v2/names",
            "/v1/unknown",
            "/v1/names/a/b/c",
            "/health",
            "/health/dead",
            "/favicon.ico")) {
      assertProblem(404, "not-found", gateway.get(path));
    }
    WireAnswer wrong = gateway.ask("PATCH /v1/names", new byte[0]);
    assertProblem(405, "method-not-allowed", wrong);
    assertEquals("GET, HEAD, OPTIONS", wrong.header("Allow"));
    assertProblem(501, "not-supported", gateway.get("/v1/jobs"));
  }

  @Test
  void head_answers_like_get_without_the_body_and_options_names_the_methods() {
    WireAnswer get = gateway.get("/v1/names");
    WireAnswer head = WireClient.ask(gateway.url(), WireClient.request("HEAD /v1/names", null));
    assertEquals(200, head.status());
    assertEquals(get.header("Content-Length"), head.header("Content-Length"));
    assertEquals("", head.text());
    WireAnswer missing =
        WireClient.ask(gateway.url(), WireClient.request("HEAD /v1/names/nobody", null));
    assertEquals(404, missing.status());
    WireAnswer options =
        WireClient.ask(gateway.url(), WireClient.request("OPTIONS /v1/names/greet", null));
    assertEquals("GET, HEAD, PUT, DELETE, OPTIONS", options.header("Allow"));
  }

  @Test
  void a_refused_request_leaves_its_connection_in_order() {
    try (WireClient client = WireClient.connect(gateway.url())) {
      client.send(
          WireClient.request("POST /v1/nodes", "x".repeat(1000), "Content-Type: text/plain"));
      assertEquals(415, client.answer().status());
      client.send(WireClient.request("GET /health/live", null));
      WireAnswer next = client.answer();
      assertEquals(200, next.status());
      assertFalse(next.cut());
    }
  }

  private WireAnswer announced(String type) {
    String[] lines = {"Expect: 100-continue", "Content-Length: 99999999", "Content-Type: " + type};
    return WireClient.ask(gateway.url(), WireClient.request("POST /v1/functions", null, lines));
  }

  private WireAnswer deploy(String... lines) {
    return gateway.deploy(SampleModules.hello(), "?name=evil", lines);
  }
}
