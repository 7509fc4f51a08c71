package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.testkit.wire.WireServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** {@code limpet call} against a gateway that answers exactly what the test says. */
class CallTest {
  private static final String PROBLEM =
      "{\"type\":\"urn:limpet:error:%s\",\"title\":\"t\",\"status\":%d,\"code\":\"%s\","
          + "\"detail\":\"%s\",\"log\":\"%s\"}";

  private final RecordingTerminal terminal =
      new RecordingTerminal(Map.of("LIMPET_TOKEN", "secret"));
  private final List<String> targets = new CopyOnWriteArrayList<>();

  private int call(WireServer.Script script, String... arguments) {
    WireServer.Script recording =
        exchange -> {
          targets.add(exchange.head().method() + " " + exchange.head().target());
          script.handle(exchange);
        };
    try (WireServer gateway = WireServer.start(recording)) {
      List<String> all = new ArrayList<>(List.of("call"));
      all.addAll(List.of(arguments));
      all.add(1, "--gateway=" + gateway.url());
      return terminal.run(all.toArray(String[]::new));
    }
  }

  @Test
  void the_answer_and_only_it_is_on_standard_output() {
    int exit = call(exchange -> exchange.answer(200, "42\n"), "f", "--", "a b", "x=1+2");
    assertEquals(0, exit, terminal.err());
    assertEquals("42\n", terminal.out());
    assertEquals("", terminal.err());
    assertEquals(List.of("GET /fn/f?arg=a+b&arg=x%3D1%2B2"), targets);
  }

  @Test
  void data_stands_before_the_dash_and_a_version_stays_readable() {
    call(exchange -> exchange.answer(200, ""), "f@2", "--on", "bafy/a b.csv");
    assertEquals(List.of("GET /on/bafy/a%20b.csv/-/f@2"), targets);
  }

  @Test
  void the_token_travels_in_the_header() {
    call(exchange -> exchange.answer(200, exchange.head().header("authorization").orElse("")), "f");
    assertEquals("Bearer secret", terminal.out());
  }

  @Test
  void a_function_that_failed_shows_the_end_of_its_log_escaped_and_is_exit_code_1() {
    String problem =
        PROBLEM.formatted("guest-failed", 502, "guest-failed", "exit code 3", "no \\u001b[2Jfile");
    int exit =
        call(
            exchange -> exchange.answer(502, problem, "Content-Type: application/problem+json"),
            "f");
    assertEquals(1, exit);
    assertEquals("", terminal.out());
    assertEquals("no \\u001b[2Jfile\nlimpet: exit code 3 [guest-failed]\n", terminal.err());
  }

  @Test
  void with_json_the_problem_is_an_object_on_standard_output_too() {
    String problem = PROBLEM.formatted("holders-offline", 503, "holders-offline", "away", "");
    int exit =
        call(
            exchange -> exchange.answer(503, problem, "Content-Type: application/problem+json"),
            "f",
            "--json");
    assertEquals(3, exit);
    JsonObject error = JsonObject.parse(terminal.out());
    assertEquals("holders-offline", error.text("code"));
    assertEquals(503, error.number("status"));
    assertEquals("away", error.text("detail"));
    assertFalse(error.text("title").isEmpty());
    assertEquals("limpet: away [holders-offline]\n", terminal.err());
  }

  @Test
  void a_cut_answer_is_exit_code_1_and_says_how_many_bytes_came() {
    int exit =
        call(
            exchange -> {
              exchange.begin(200, "Limpet-Execution: x-0123456789abcdef");
              exchange.raw("5\r\nhello\r\n");
              exchange.close();
            },
            "f");
    assertEquals(1, exit, terminal.err());
    assertEquals("hello", terminal.out());
    assertTrue(terminal.err().contains("after 5 bytes"), terminal.err());
    assertTrue(terminal.err().contains("limpet why x-0123456789abcdef"), terminal.err());
    assertTrue(terminal.err().endsWith("[answer-cut]\n"), terminal.err());
  }

  @Test
  void a_body_is_posted_and_without_one_nothing_is_read() {
    var input = new RecordingTerminal(Map.of(), "over".getBytes(StandardCharsets.UTF_8));
    try (WireServer gateway =
        WireServer.start(
            exchange -> exchange.answer(200, exchange.head().method() + exchange.bodyText()))) {
      String url = gateway.url().toString();
      assertEquals(0, input.run("call", "f", "--gateway", url), input.err());
      assertEquals(0, input.run("call", "f", "--body", "-", "--gateway", url), input.err());
    }
    assertEquals("GETPOSTover", input.out());
  }

  @Test
  void an_amount_that_is_none_is_wrong_usage() {
    assertEquals(2, call(exchange -> exchange.answer(200, ""), "f", "--max-fetch", "lots"));
    assertEquals(List.of(), targets);
  }
}
