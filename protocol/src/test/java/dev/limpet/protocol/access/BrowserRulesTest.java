package dev.limpet.protocol.access;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrowserRulesTest {
  private static final HostRule LOCAL = new HostRule(List.of());
  private static final HostRule CONFIGURED = new HostRule(List.of("Edge.Example", "192.0.2.7"));
  private static final OriginRule RULE = new OriginRule(List.of("https://console.example"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost", "LOCALHOST:8640", "localhost.", "localhost.:8640", "127.0.0.1",
        "127.0.0.1:1", "127.8.9.1:8640", "[::1]", "[::1]:65535", "[0:0:0:0:0:0:0:1]:8640",
        "[::ffff:127.0.0.1]:8640"
      })
  void loopback_is_answered_under_all_its_names(String host) {
    assertTrue(LOCAL.allows(List.of(host)));
  }

  @Test
  void an_empty_host_is_refused_also_before_any_other_came() {
    assertFalse(new HostRule(List.of()).allows(List.of("")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8640",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io:8640",
        "foo.localhost",
        "0.0.0.0:8640",
        "192.0.2.7",
        "2130706433",
        "127.1",
        "0x7f.0.0.1",
        "[::]",
        "[::ffff:192.0.2.7]",
        "[::1",
        "::1",
        "::1:8640",
        "",
        " localhost",
        "localhost ",
        "localhost:",
        "localhost:x",
        "localhost:65536",
        "user@localhost",
        "localhost/",
        "localhost,evil.example",
        "localhost..",
        ".",
        "lo\u0000cal",
        "127.0.0.256",
        "ⓛocalhost"
      })
  void every_other_host_is_refused(String host) {
    assertFalse(LOCAL.allows(List.of(host)));
  }

  @Test
  void configured_hosts_are_answered_on_any_port_and_no_others() {
    assertTrue(CONFIGURED.allows(List.of("edge.example:8640")));
    assertTrue(CONFIGURED.allows(List.of("EDGE.EXAMPLE.")));
    assertTrue(CONFIGURED.allows(List.of("192.0.2.7:80")));
    assertTrue(CONFIGURED.allows(List.of("localhost")));
    assertFalse(CONFIGURED.allows(List.of("a.edge.example")));
    for (String bad : List.of("a b", "host:80", "", "http://a")) {
      assertThrows(IllegalArgumentException.class, () -> new HostRule(List.of(bad)));
    }
  }

  @Test
  void a_request_without_a_host_or_with_two_is_refused() {
    assertEquals(ErrorCode.WRONG_HOST, hostCode(Map.of()));
    assertFalse(LOCAL.allows(List.of("localhost", "localhost")));
  }

  @Test
  void a_rebound_name_is_told_the_line_that_would_allow_it() {
    LimpetException e =
        assertThrows(
            LimpetException.class, () -> LOCAL.check(headers(Map.of("Host", "Evil.Example:1"))));
    assertEquals(421, e.problem().status());
    assertTrue(e.problem().detail().endsWith("hosts = evil.example"), e.problem().detail());
  }

  private static ErrorCode hostCode(Map<String, String> headers) {
    return assertThrows(LimpetException.class, () -> LOCAL.check(headers(headers))).code();
  }

  @Test
  void a_program_that_is_no_browser_passes() {
    assertDoesNotThrow(() -> RULE.check(headers(Map.of("Host", "localhost:8640"))));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:8640, http://localhost:8640",
    "LOCALHOST:8640, http://localhost:8640",
    "127.0.0.1:8640, http://127.0.0.1:8640",
    "[::1]:8640, http://[::1]:8640",
    "edge.example, https://edge.example",
    "edge.example, http://edge.example:80",
    "edge.example:443, https://edge.example",
    "localhost:8640, https://console.example",
    "localhost:8640, https://console.example:443",
  })
  void a_page_of_our_own_or_a_trusted_one_passes(String host, String origin) {
    assertDoesNotThrow(() -> RULE.check(headers(Map.of("Host", host, "Origin", origin))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "http://evil.example",
        "http://localhost:3000",
        "http://localhost",
        "http://127.0.0.1:8640",
        "http://console.example",
        "https://console.example.evil.example",
        "https://evil.console.example",
        "http://localhost:8640.evil.example",
        "file://",
        "http://localhost:8640/",
        "http://localhost:8640@evil.example",
        "",
        "localhost:8640",
        "http://localhost:8640 http://evil.example",
        "chrome-extension://abc"
      })
  void a_page_of_another_origin_is_refused(String origin) {
    LimpetException e =
        assertThrows(
            LimpetException.class,
            () -> RULE.check(headers(Map.of("Host", "localhost:8640", "Origin", origin))));
    assertEquals(ErrorCode.FOREIGN_ORIGIN, e.code());
    assertEquals(403, e.problem().status());
  }

  @ParameterizedTest
  @CsvSource({
    "none, true",
    "same-origin, true",
    "Same-Origin, true",
    "same-site, false",
    "cross-site, false",
    "new-word, false",
    "'', false"
  })
  void without_an_origin_the_site_decides(String site, boolean passes) {
    Map<String, String> request = Map.of("Host", "localhost:8640", "Sec-Fetch-Site", site);
    if (passes) {
      assertDoesNotThrow(() -> RULE.check(headers(request)));
    } else {
      assertThrows(LimpetException.class, () -> RULE.check(headers(request)));
    }
  }

  @Test
  void a_trusted_page_may_be_on_another_site_and_our_own_origin_may_not() {
    Map<String, String> trusted =
        Map.of(
            "Host",
            "localhost",
            "Origin",
            "https://console.example",
            "Sec-Fetch-Site",
            "cross-site");
    assertDoesNotThrow(() -> RULE.check(headers(trusted)));
    Map<String, String> forged =
        Map.of("Host", "localhost", "Origin", "http://localhost", "Sec-Fetch-Site", "cross-site");
    assertThrows(LimpetException.class, () -> RULE.check(headers(forged)));
  }

  @Test
  void two_origins_are_foreign() {
    HeaderLines two =
        name ->
            switch (name) {
              case "Origin" -> List.of("http://localhost", "http://localhost");
              case "Host" -> List.of("localhost");
              default -> List.of();
            };
    assertThrows(LimpetException.class, () -> RULE.check(two));
  }

  @Test
  void service_workers_are_refused_whoever_asks() {
    Map<String, String> worker =
        Map.of("Host", "localhost", "Sec-Fetch-Site", "same-origin", "Service-Worker", "script");
    assertThrows(LimpetException.class, () -> RULE.check(headers(worker)));
    assertThrows(LimpetException.class, () -> OriginRule.refuseServiceWorker(headers(worker)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "TEXT/PLAIN;charset=utf-8",
        "",
        "application/json2"
      })
  void the_api_reads_nothing_that_a_form_can_send(String type) {
    HeaderLines request = headers(Map.of("Content-Type", type));
    LimpetException e =
        assertThrows(
            LimpetException.class, () -> BodyRule.check(request, List.of("application/json")));
    assertEquals(415, e.problem().status());
    assertThrows(
        LimpetException.class,
        () -> BodyRule.check(request, List.of("text/plain", "multipart/form-data")));
  }

  @Test
  void the_api_reads_what_it_says_with_any_parameters_and_never_a_body_without_a_type() {
    List<String> expected = List.of("application/json", "application/wasm");
    assertEquals(
        "application/wasm",
        BodyRule.check(headers(Map.of("Content-Type", "Application/WASM; x=y")), expected));
    assertThrows(LimpetException.class, () -> BodyRule.check(headers(Map.of()), expected));
  }

  @Test
  void answers_of_strangers_are_put_into_the_sandbox() {
    assertEquals(
        "sandbox allow-scripts", SecurityHeaders.content(false).get("Content-Security-Policy"));
    assertFalse(SecurityHeaders.content(true).containsKey("Content-Security-Policy"));
    assertEquals("nosniff", SecurityHeaders.content(true).get("X-Content-Type-Options"));
    assertEquals("no-store", SecurityHeaders.api().get("Cache-Control"));
  }

  @Test
  void random_headers_never_escape_as_anything_but_a_refusal() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> parts =
        List.of(
            "http",
            "://",
            "localhost",
            "127.0.0.1",
            "[",
            "::1",
            "]",
            ":",
            "80",
            "null",
            "@",
            "/",
            " ",
            "%",
            "\u0000",
            "é",
            "evil",
            ".",
            "#",
            "?");
    for (int round = 0; round < 20_000; round++) {
      Map<String, String> request =
          Map.of("Host", text(random, parts), "Origin", text(random, parts));
      try {
        LOCAL.check(headers(request));
        RULE.check(headers(request));
      } catch (LimpetException e) {
        assertTrue(e.problem().status() < 500, "seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + request, e);
      }
    }
  }

  private static String text(Random random, List<String> parts) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(parts.get(random.nextInt(parts.size())));
    }
    return text.toString();
  }

  private static HeaderLines headers(Map<String, String> headers) {
    return name -> {
      List<String> values = new ArrayList<>();
      headers.forEach(
          (key, value) -> {
            if (key.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
              values.add(value);
            }
          });
      return values;
    };
  }
}
