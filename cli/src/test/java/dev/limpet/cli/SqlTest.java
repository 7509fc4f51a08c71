package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code limpet sql} against a gateway that answers exactly what the test says. */
@Timeout(60)
class SqlTest {
  private static final String PROBLEM = "Content-Type: application/problem+json";
  private static final String NOT_READY =
      "{\"type\":\"urn:limpet:error:out-of-time\",\"title\":\"t\",\"status\":504,"
          + "\"code\":\"out-of-time\",\"detail\":\"while the function was loaded\"%s}";

  private final List<String> targets = new CopyOnWriteArrayList<>();
  private RecordingTerminal terminal = new RecordingTerminal();

  private int sql(WireServer.Script script, String... arguments) {
    WireServer.Script recording =
        exchange -> {
          targets.add(exchange.head().method() + " " + exchange.head().target());
          script.handle(exchange);
        };
    try (WireServer gateway = WireServer.start(recording)) {
      List<String> all = new ArrayList<>(List.of("sql", "--gateway=" + gateway.url()));
      all.addAll(List.of(arguments));
      return terminal.run(all.toArray(String[]::new));
    }
  }

  @Test
  void a_pipe_gets_csv_and_the_data_stands_before_the_dash() {
    int exit =
        sql(exchange -> exchange.answer(200, "n\n1\n"), "SELECT 1+1 AS n", "--on", "bafy/a b.csv");
    assertEquals(0, exit, terminal.err());
    assertEquals("n\n1\n", terminal.out());
    assertEquals("", terminal.err());
    assertEquals(
        List.of("GET /on/bafy/a%20b.csv/-/sql?arg=--format%3Dcsv&arg=SELECT+1%2B1+AS+n"), targets);
  }

  @Test
  void a_person_gets_a_table_and_further_data_are_inputs() {
    terminal = new RecordingTerminal(Map.of("LIMPET_STDOUT_TTY", "1"));
    sql(exchange -> exchange.answer(200, ""), "SELECT 1", "--on", "bafy", "--on", "bafx/b");
    sql(exchange -> exchange.answer(200, ""), "SELECT 1", "--format", "json");
    assertEquals(
        List.of(
            "GET /on/bafy/-/sql?arg=--format%3Dtable&arg=SELECT+1&limpet-data=bafx%2Fb",
            "GET /fn/sql?arg=--format%3Djson&arg=SELECT+1"),
        targets);
  }

  @Test
  void with_json_each_row_is_an_object_on_a_line() {
    assertEquals(0, sql(exchange -> exchange.answer(200, "{\"n\":1}\n"), "SELECT 1", "--json"));
    assertEquals("{\"n\":1}\n", terminal.out());
    assertEquals(List.of("GET /fn/sql?arg=--format%3Dlines&arg=SELECT+1"), targets);
    assertEquals(2, sql(exchange -> {}, "SELECT 1", "--json", "--format", "csv"));
    assertEquals(2, sql(exchange -> {}, "SELECT 1", "--format", "xml"));
    assertEquals(1, targets.size());
  }

  @Test
  void a_wrong_question_is_wrong_usage_and_says_why() {
    String problem =
        "{\"type\":\"urn:limpet:error:bad-arguments\",\"title\":\"t\",\"status\":400,"
            + "\"code\":\"bad-arguments\",\"detail\":\"refused\",\"exitCode\":64,"
            + "\"log\":\"sql: no such table: flights; there is data\\n\"}";
    assertEquals(2, sql(exchange -> exchange.answer(400, problem, PROBLEM), "SELECT 1"));
    assertEquals("", terminal.out());
    assertTrue(terminal.err().startsWith("sql: no such table: flights; there is data\n"));
  }

  @Test
  void while_a_node_prepares_the_function_the_question_is_asked_again() {
    String again = NOT_READY.formatted(",\"retryAfterMs\":1");
    int exit =
        sql(
            exchange -> {
              if (targets.size() < 3) {
                exchange.answer(504, again, PROBLEM);
              } else {
                exchange.answer(200, "n\n1\n");
              }
            },
            "SELECT 1 AS n");
    assertEquals(0, exit, terminal.err());
    assertEquals("n\n1\n", terminal.out());
    assertEquals(3, targets.size());
    assertEquals(1, terminal.err().lines().count(), terminal.err());
  }

  @Test
  void a_question_that_takes_too_long_is_asked_once_and_one_that_never_is_prepared_not_for_ever() {
    String late = NOT_READY.formatted("");
    assertEquals(6, sql(exchange -> exchange.answer(504, late, PROBLEM), "SELECT 1"));
    assertEquals(1, targets.size());
    String again = NOT_READY.formatted(",\"retryAfterMs\":1");
    assertEquals(6, sql(exchange -> exchange.answer(504, again, PROBLEM), "SELECT 1"));
    assertEquals(1 + 10, targets.size());
    assertEquals(
        6, sql(exchange -> exchange.answer(504, again, PROBLEM), "SELECT 1", "--timeout", "1s"));
    assertEquals(1 + 10 + 1, targets.size());
  }

  @Test
  void files_of_this_machine_are_asked_without_a_server() {
    int exit = sql(exchange -> {}, "SELECT 1", "--on", "bafy", "--data", "a.csv");
    assertEquals(2, exit, terminal.err());
    assertEquals(5, sql(exchange -> {}, "SELECT 1", "--data", "no-such.csv"), terminal.err());
    assertTrue(terminal.err().contains("no file or directory no-such.csv"), terminal.err());
    assertEquals(2, sql(exchange -> {}, "SELECT 1", "--data", "pom.xml", "--timeout", "0s"));
    assertEquals(List.of(), targets);
    assertEquals(2, terminal.run("run", "sql"));
    assertTrue(terminal.err().contains("limpet sql QUERY --data FILE"), terminal.err());
  }
}
