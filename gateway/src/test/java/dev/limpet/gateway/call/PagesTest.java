package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of other origins, with what a browser sends for them. */
class PagesTest {
  private static final String SHOP = "https://shop.example";
  private static final String FROM_SHOP = "Origin: " + SHOP;
  private static final String BEARER = "Authorization: Bearer " + CallsUnderTest.CALLS_TOKEN;
  private static final String CROSS = "Sec-Fetch-Site: cross-site";

  @TempDir private Path folder = Path.of("");

  private final AtomicInteger calls = new AtomicInteger();
  private final WireServer node =
      CallsUnderTest.node(
          exchange -> {
            calls.incrementAndGet();
            Asking.answerWell(exchange);
          });

  @AfterEach
  void stop() {
    node.close();
  }

  private CallsUnderTest gateway(Setup setup) throws Exception {
    CallsUnderTest gateway = new CallsUnderTest(folder, setup);
    gateway.join("b", node).holds();
    gateway.deploy("hello");
    return gateway;
  }

  private static WireAnswer ask(CallsUnderTest gateway, String startLine, String... lines) {
    return WireClient.ask(gateway.url(), WireClient.request(startLine, null, lines));
  }

  private static void assertRefused(int status, String code, WireAnswer answer) {
    assertEquals(status, answer.status(), answer.text());
    assertEquals(code, Problem.fromJson(answer.bytes()).code().code());
  }

  private static Set<String> listed(WireAnswer answer, String header) {
    return Arrays.stream(answer.header(header).split(", ", -1))
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toSet());
  }

  @Test
  void a_page_of_a_named_origin_asks_first_calls_and_reads_the_answer() throws Exception {
    try (var gateway = gateway(Setup.OPEN.callableFrom(SHOP))) {
      WireAnswer leave =
          ask(
              gateway,
              "OPTIONS /fn/hello",
              FROM_SHOP,
              CROSS,
              "Access-Control-Request-Method: POST",
              "Access-Control-Request-Headers: content-type, x-wanted, cookie, limpet-timeout");
      assertEquals(204, leave.status());
      assertEquals(SHOP, leave.header("Access-Control-Allow-Origin"));
      assertTrue(listed(leave, "Access-Control-Allow-Methods").containsAll(List.of("get", "post")));
      Set<String> headers = listed(leave, "Access-Control-Allow-Headers");
      assertTrue(
          headers.containsAll(
              List.of(
                  "content-type",
                  "prefer",
                  "limpet-timeout",
                  "limpet-max-fetch",
                  "authorization",
                  "x-wanted")),
          headers::toString);
      assertFalse(headers.contains("cookie"), headers::toString);
      assertEquals("600", leave.header("Access-Control-Max-Age"));
      assertTrue(leave.header("Vary").contains("Origin"));

      WireAnswer answer = ask(gateway, "GET /fn/hello", FROM_SHOP, CROSS);
      assertEquals(200, answer.status());
      assertEquals(SHOP, answer.header("Access-Control-Allow-Origin"));
      assertTrue(answer.header("Vary").contains("Origin"));
      assertTrue(
          listed(answer, "Access-Control-Expose-Headers")
              .containsAll(
                  List.of("limpet-execution", "limpet-task", "etag", "location", "server-timing")));
      assertEquals("", answer.header("Access-Control-Allow-Credentials"));
    }
  }

  @Test
  void a_page_reads_why_its_call_was_refused() throws Exception {
    try (var gateway = gateway(Setup.OPEN.callableFrom(SHOP))) {
      for (String target : List.of("/fn/nobody", "/fn/a/../b", "/on/no-cid/-/hello")) {
        WireAnswer answer = ask(gateway, "GET " + target, FROM_SHOP);
        assertTrue(answer.status() / 100 == 4, target);
        assertEquals(SHOP, answer.header("Access-Control-Allow-Origin"), target);
        assertTrue(
            listed(answer, "Access-Control-Expose-Headers").contains("limpet-error"), target);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "http://shop.example",
        "https://shop.example.evil.example",
        "https://evilshop.example",
        "https://shop.example:444",
        "https://shop.example/",
        "https://user@shop.example",
        "https://shop.example, https://shop.example",
        "https://sh\u00f6p.example",
        "HTTPS://evil.example",
        "file://",
        ""
      })
  void an_origin_that_only_looks_like_it_calls_nothing(String origin) throws Exception {
    try (var gateway = gateway(Setup.OPEN.callableFrom(SHOP))) {
      WireAnswer answer = ask(gateway, "GET /fn/hello", "Origin: " + origin);
      assertRefused(403, "foreign-origin", answer);
      assertEquals("", answer.header("Access-Control-Allow-Origin"));
      assertTrue(answer.header("Vary").contains("Origin"));
      WireAnswer leave = ask(gateway, "OPTIONS /fn/hello", "Origin: " + origin);
      assertEquals("", leave.header("Access-Control-Allow-Origin"));
      assertEquals("", leave.header("Access-Control-Allow-Methods"));
      assertEquals(0, calls.get());
    }
  }

  @Test
  void two_origins_are_none() throws Exception {
    try (var gateway = gateway(Setup.OPEN.callableFrom(SHOP, "*").withPublic())) {
      assertRefused(
          403, "foreign-origin", ask(gateway, "GET /fn/hello", FROM_SHOP, "Origin: null"));
      assertEquals(0, calls.get());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://any.example", "null", "file://"})
  void with_a_star_any_page_calls_as_the_public_and_shows_no_token(String origin) throws Exception {
    try (var gateway = gateway(Setup.OPEN.callableFrom("*").withPublic())) {
      String from = "Origin: " + origin;
      WireAnswer leave =
          ask(
              gateway,
              "OPTIONS /fn/hello",
              from,
              "Access-Control-Request-Headers: authorization,content-type");
      assertEquals("*", leave.header("Access-Control-Allow-Origin"));
      assertFalse(listed(leave, "Access-Control-Allow-Headers").contains("authorization"));
      WireAnswer answer = ask(gateway, "GET /fn/hello", from, CROSS);
      assertEquals(200, answer.status());
      assertEquals("*", answer.header("Access-Control-Allow-Origin"));
      assertRefused(403, "foreign-origin", ask(gateway, "GET /fn/hello", from, BEARER));
      assertEquals(200, ask(gateway, "GET /fn/hello", CROSS).status());
    }
  }

  @Test
  void on_a_gateway_of_ones_own_any_page_is_still_only_the_public() throws Exception {
    Setup own = new Setup(CallPolicy.STANDARD, false, true, List.of(), List.of("*"));
    try (var gateway = gateway(own)) {
      String cid = gateway.deploy("other").function().toString();
      assertEquals(200, ask(gateway, "GET /fn/" + cid).status());
      assertRefused(
          401, "unauthorized", ask(gateway, "GET /fn/" + cid, "Origin: https://any.example"));
      assertRefused(401, "unauthorized", ask(gateway, "GET /fn/" + cid, CROSS));
    }
  }

  @Test
  void what_is_not_public_is_not_open_to_any_page_either() throws Exception {
    Setup closed = new Setup(CallPolicy.STANDARD, false, false, List.of(), List.of("*"));
    try (var gateway = gateway(closed)) {
      Cid root = gateway.data();
      for (String target : List.of("/fn/hello", "/ipfs/" + root)) {
        WireAnswer answer = ask(gateway, "GET " + target, "Origin: https://any.example");
        assertRefused(401, "unauthorized", answer);
      }
    }
  }

  @Test
  void a_named_page_shows_its_token_where_others_call_without() throws Exception {
    try (var gateway = gateway(Setup.OPEN.callableFrom("*", SHOP).withPublic())) {
      WireAnswer answer = ask(gateway, "GET /fn/hello", FROM_SHOP, BEARER);
      assertEquals(200, answer.status());
      assertEquals(SHOP, answer.header("Access-Control-Allow-Origin"));
      assertTrue(answer.header("Cache-Control").startsWith("private"));
    }
  }

  @Test
  void no_page_that_may_call_uses_the_management() throws Exception {
    try (var gateway = gateway(Setup.OPEN.callableFrom(SHOP))) {
      for (String target : List.of("/v1/names", "/v1/functions", "/v1/executions/x", "/metrics")) {
        for (String method : List.of("GET", "OPTIONS")) {
          WireAnswer answer = ask(gateway, method + " " + target, FROM_SHOP);
          assertEquals("", answer.header("Access-Control-Allow-Origin"), method + " " + target);
        }
      }
      assertRefused(403, "foreign-origin", ask(gateway, "DELETE /v1/names/hello", FROM_SHOP));
      String execution = "/v1/executions/" + ExecutionId.random();
      assertRefused(403, "foreign-origin", ask(gateway, "DELETE " + execution, FROM_SHOP));
    }
  }

  @Test
  void an_answer_without_pages_says_nothing_of_origins() throws Exception {
    try (var gateway = gateway(Setup.OPEN)) {
      WireAnswer answer = ask(gateway, "GET /fn/hello");
      assertFalse(answer.header("Vary").contains("Origin"));
      assertEquals("", answer.header("Access-Control-Expose-Headers"));
    }
  }

  @Test
  void a_preflight_that_asks_for_very_many_headers_gets_leave_for_a_few() throws Exception {
    StringBuilder names = new StringBuilder("Access-Control-Request-Headers: x-0");
    for (int i = 1; i < 500; i++) {
      names.append(",x-").append(i);
    }
    try (var gateway = gateway(Setup.OPEN.callableFrom(SHOP))) {
      WireAnswer leave =
          ask(gateway, "OPTIONS /fn/hello", FROM_SHOP, names.toString(), names.toString());
      assertEquals(SHOP, leave.header("Access-Control-Allow-Origin"));
      assertTrue(listed(leave, "Access-Control-Allow-Headers").size() < 64);
    }
  }
}
