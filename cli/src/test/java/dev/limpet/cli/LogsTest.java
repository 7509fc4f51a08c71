package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** {@code limpet logs} against a gateway that answers exactly what the test says. */
class LogsTest {
  private static final String ID = "x-bnttvlddrgm7x2dhrnjkbjmg3u";

  private final RecordingTerminal terminal = new RecordingTerminal();
  private final List<String> targets = new CopyOnWriteArrayList<>();

  private int logs(WireServer.Script script, String... arguments) {
    WireServer.Script recording =
        exchange -> {
          targets.add(exchange.head().target());
          script.handle(exchange);
        };
    try (WireServer gateway = WireServer.start(recording)) {
      List<String> all = new ArrayList<>(List.of("logs", "--gateway=" + gateway.url()));
      all.addAll(List.of(arguments));
      return terminal.run(all.toArray(String[]::new));
    }
  }

  private static String item(String execution, String text) {
    return "{\"execution\":\""
        + execution
        + "\",\"node\":\"shed\",\"endedAt\":\"2026-11-24T04:05:06.789Z\",\"error\":\"guest-failed\","
        + "\"detail\":\"the function exited with code 3\",\"text\":\""
        + text
        + "\",\"cutBytes\":0}";
  }

  @Test
  void the_log_of_an_execution_is_shown_with_what_a_terminal_would_obey_escaped() {
    int exit = logs(exchange -> exchange.answer(200, "one\n\u001b[2Jtwo\nthree"), ID);
    assertEquals(0, exit, terminal.err());
    assertEquals("one\n\\u001b[2Jtwo\nthree\n", terminal.out());
    assertEquals(List.of("/v1/executions/" + ID + "/log"), targets);
  }

  @Test
  void only_the_last_lines_are_shown_when_so_many_are_wanted() {
    assertEquals(0, logs(exchange -> exchange.answer(200, "a\nb\nc\n"), ID, "--tail", "2"));
    assertEquals("b\nc\n", terminal.out());
  }

  @Test
  void as_json_each_line_is_an_object() {
    assertEquals(0, logs(exchange -> exchange.answer(200, "a\nb\n"), ID, "--json"));
    assertEquals(2, terminal.out().lines().count());
    assertTrue(terminal.out().contains("\"line\":\"b\""), terminal.out());
  }

  @Test
  void an_empty_log_is_said_to_be_empty_and_an_unknown_execution_is_exit_code_5() {
    assertEquals(0, logs(exchange -> exchange.answer(200, ""), ID));
    assertTrue(terminal.err().contains("wrote nothing"), terminal.err());
    String problem =
        "{\"type\":\"urn:limpet:error:execution-not-found\",\"status\":404,\"detail\":\"d\"}";
    assertEquals(
        5,
        logs(
            exchange -> exchange.answer(404, problem, "Content-Type: application/problem+json"),
            ID));
  }

  @Test
  void a_log_that_breaks_off_is_exit_code_3() {
    int exit =
        logs(
            exchange -> {
              exchange.begin(200);
              exchange.chunk("one\n");
              exchange.close();
            },
            ID,
            "--follow");
    assertEquals(3, exit);
    assertEquals("one\n", terminal.out());
    assertEquals(List.of("/v1/executions/" + ID + "/log?follow=true"), targets);
  }

  @Test
  void logs_of_a_function_come_page_by_page_and_newest_last() {
    WireServer.Script pages =
        exchange -> {
          boolean first = !exchange.head().target().contains("cursor");
          exchange.answer(
              200,
              first
                  ? "{\"items\":[" + item("x-new", "new\\n") + "],\"next\":\"1.x\",\"missing\":[]}"
                  : "{\"items\":[" + item("x-old", "old") + "],\"missing\":[\"attic\"]}");
        };
    assertEquals(0, logs(pages, "csv@2", "--tail", "5"), terminal.err());
    assertEquals(
        """
        == x-old on shed 2026-11-24T04:05:06.789Z
        old
        limpet: the function exited with code 3 [guest-failed]
        == x-new on shed 2026-11-24T04:05:06.789Z
        new
        limpet: the function exited with code 3 [guest-failed]
        """,
        terminal.out());
    assertTrue(terminal.err().contains("attic"), terminal.err());
    assertEquals(
        List.of(
            "/v1/logs?function=csv%402&limit=5", "/v1/logs?function=csv%402&limit=4&cursor=1.x"),
        targets);
  }

  @Test
  void logs_that_are_followed_are_shown_as_they_come() {
    int exit =
        logs(
            exchange -> {
              exchange.begin(200);
              exchange.chunk(item("x-1", "one") + "\n");
              exchange.chunk("\n");
              exchange.chunk(item("x-2", "two") + "\n");
              exchange.end();
            },
            "csv",
            "--follow",
            "--json");
    assertEquals(0, exit, terminal.err());
    assertEquals(2, terminal.out().lines().count());
    assertFalse(terminal.out().contains("x-3"));
    assertEquals(List.of("/v1/logs?function=csv&limit=20&follow=true"), targets);
  }

  @Test
  void a_number_that_is_none_is_wrong_usage() {
    assertEquals(2, logs(exchange -> exchange.answer(200, ""), "csv", "--tail", "-1"));
    assertEquals(2, logs(exchange -> exchange.answer(200, ""), "csv", "--tail", "many"));
    assertEquals(List.of(), targets);
  }
}
