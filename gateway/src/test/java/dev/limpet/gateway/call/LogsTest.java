package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.LogPage;
import dev.limpet.protocol.LogPart;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogsTest {
  private static final Cid FUNCTION =
      Cid.of(Multicodec.DAG_CBOR, "f".getBytes(StandardCharsets.UTF_8));

  private static final Instant TIME = Instant.parse("2026-11-24T04:05:06.789Z");

  @TempDir Path folder = Path.of("");

  /**
   * A node with logs that a test writes; each part is given once, but for the last. Who does not
   * know the node of an Execution asks for its first part twice.
   */
  private static final class LogNode implements WireServer.Script {
    private final Map<String, List<LogPart>> parts = new ConcurrentHashMap<>();
    private final List<LogItem> items = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Override
    public void handle(WireExchange exchange) throws IOException {
      String target = exchange.head().target();
      asked.add(target);
      if (target.startsWith("/v1/executions/")) {
        String id = target.substring("/v1/executions/".length(), target.indexOf("/log"));
        List<LogPart> left = parts.getOrDefault(id, List.of());
        if (left.isEmpty()) {
          exchange.answer(404, "{}", "Limpet-Error: execution-not-found");
        } else {
          json(exchange, left.size() > 1 ? left.removeFirst() : left.getFirst());
        }
      } else if (target.startsWith("/v1/logs?")) {
        int after = target.indexOf("after=");
        long from = after < 0 ? -1 : Long.parseLong(target.substring(after + "after=".length()));
        json(
            exchange,
            new LogPage(
                items.stream().filter(item -> item.sequence() > from).toList(), null, List.of()));
      } else {
        exchange.answer(200, exchange.head().method().equals("HEAD") ? "" : "answer");
      }
    }

    private static void json(WireExchange exchange, Object value) throws IOException {
      exchange.answer(200, Json.writeString(value), "Content-Type: application/json");
    }

    LogNode has(LogPart... some) {
      parts.put(some[0].item().execution().text(), new ArrayList<>(List.of(some)));
      return this;
    }
  }

  private static LogItem item(ExecutionId id, ExecutionState state, String text) {
    return item(id, state, text, 0);
  }

  private static LogItem item(ExecutionId id, ExecutionState state, String text, long sequence) {
    boolean failed = state == ExecutionState.FAILED;
    return new LogItem(
        id,
        FUNCTION,
        null,
        state,
        TIME,
        state == ExecutionState.RUNNING ? null : TIME.plusMillis(sequence),
        failed ? "guest-failed" : null,
        failed ? 3 : null,
        failed ? "the function exited with code 3" : null,
        text,
        0,
        sequence);
  }

  private static WireAnswer get(URI url, String target, String... lines) {
    return WireClient.ask(url, WireClient.request("GET " + target, null, lines));
  }

  private static String log(ExecutionId id) {
    return "/v1/executions/" + id + "/log";
  }

  @Test
  void a_log_is_text_and_its_last_line_says_how_it_ended() throws Exception {
    ExecutionId id = ExecutionId.random();
    LogNode logs =
        new LogNode()
            .has(
                new LogPart(item(id, ExecutionState.FAILED, "one\n"), 4, true),
                new LogPart(item(id, ExecutionState.FAILED, "one\n"), 4, true),
                new LogPart(item(id, ExecutionState.FAILED, "two"), 7, false));
    try (var node = CallsUnderTest.node(logs);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      WireAnswer answer = get(gateway.url(), log(id));
      assertEquals(200, answer.status());
      assertEquals(
          "one\ntwo\nlimpet: the function exited with code 3 [guest-failed]\n", answer.text());
      assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
      assertEquals("no-store", answer.header("Cache-Control"));
      assertTrue(logs.asked.contains(log(id) + "?from=4"), logs.asked::toString);
    }
  }

  @Test
  void a_log_that_is_followed_goes_on_until_its_execution_ends() throws Exception {
    ExecutionId id = ExecutionId.random();
    LogNode logs =
        new LogNode()
            .has(
                new LogPart(item(id, ExecutionState.RUNNING, "a"), 1, false),
                new LogPart(item(id, ExecutionState.RUNNING, "a"), 1, false),
                new LogPart(item(id, ExecutionState.RUNNING, "b"), 2, false),
                new LogPart(item(id, ExecutionState.DONE, "c\n"), 4, false));
    try (var node = CallsUnderTest.node(logs);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      WireAnswer answer = get(gateway.url(), log(id) + "?follow=true");
      assertEquals("abc\n", answer.text());
      assertFalse(answer.cut());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 3})
  void a_node_whose_log_does_not_go_on_is_asked_no_more(long next) throws Exception {
    ExecutionId id = ExecutionId.random();
    LogNode logs =
        new LogNode()
            .has(
                new LogPart(item(id, ExecutionState.RUNNING, "one\n"), 4, true),
                new LogPart(item(id, ExecutionState.RUNNING, "one\n"), 4, true),
                new LogPart(item(id, ExecutionState.RUNNING, "one\n"), next, true));
    try (var node = CallsUnderTest.node(logs);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      WireAnswer answer = get(gateway.url(), log(id));
      assertEquals("one\n", answer.text());
      assertTrue(answer.cut());
      assertEquals(3, logs.asked.size(), logs.asked::toString);
    }
  }

  @Test
  void a_call_that_wrote_nothing_has_an_empty_log_and_one_that_never_was_has_none()
      throws Exception {
    try (var node = CallsUnderTest.node(new LogNode());
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      String id = get(gateway.url(), "/fn/hello").header("Limpet-Execution");
      WireAnswer answer = get(gateway.url(), log(ExecutionId.parse(id)) + "?follow=true");
      assertEquals(200, answer.status());
      assertEquals("", answer.text());
      WireAnswer unknown = get(gateway.url(), log(ExecutionId.random()));
      assertEquals(404, unknown.status());
      assertEquals("execution-not-found", unknown.header("Limpet-Error"));
      assertTrue(unknown.text().contains("Limpet-Execution"), unknown::text);
    }
  }

  @Test
  void a_node_that_went_silent_and_answers_shows_its_log() throws Exception {
    LogNode logs = new LogNode();
    try (var node = CallsUnderTest.node(logs);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.deploy("hello");
      String id = get(gateway.url(), "/fn/hello").header("Limpet-Execution");
      ExecutionId execution = ExecutionId.parse(id);
      logs.has(new LogPart(item(execution, ExecutionState.DONE, "one\n"), 4, false));
      gateway.time.pass(Asking.SILENCE);
      gateway.registry.tick();
      assertEquals("one\n", get(gateway.url(), log(execution)).text());
    }
  }

  @Test
  void a_log_of_which_nothing_is_known_is_looked_for_at_who_went_silent() throws Exception {
    ExecutionId id = ExecutionId.random();
    LogNode logs = new LogNode().has(new LogPart(item(id, ExecutionState.DONE, "one\n"), 4, false));
    logs.items.add(item(id, ExecutionState.DONE, "one", 1));
    try (var node = CallsUnderTest.node(logs);
        var empty = CallsUnderTest.node(new LogNode());
        var gateway = CallsUnderTest.open(folder)) {
      CallsUnderTest.Member here = gateway.join("here", empty).holds();
      gateway.join("shed", node).holds();
      gateway.time.pass(Asking.SILENCE);
      gateway.registry.tick();
      here.beats();
      assertEquals("one\n", get(gateway.url(), log(id)).text());
      gateway.time.pass(Asking.SILENCE);
      gateway.registry.tick();
      here.beats();
      WireAnswer unknown = get(gateway.url(), log(ExecutionId.random()));
      assertEquals(404, unknown.status());
      assertFalse(unknown.text().contains("shed"), unknown::text);
    }
  }

  @Test
  void a_list_of_logs_has_those_of_who_went_silent_and_answers() throws Exception {
    LogNode logs = new LogNode();
    logs.items.add(item(ExecutionId.random(), ExecutionState.FAILED, "one", 1));
    try (var node = CallsUnderTest.node(logs);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      gateway.join("attic", Asking.NOBODY).holds();
      gateway.time.pass(Asking.SILENCE);
      gateway.registry.tick();
      LogPage page = page(gateway, "");
      assertEquals(List.of("shed: one"), texts(page));
      assertEquals(List.of("attic"), page.missing());
    }
  }

  @Test
  void a_node_that_is_away_is_named() throws Exception {
    try (var node = CallsUnderTest.node(new LogNode());
        var gateway = CallsUnderTest.open(folder)) {
      CallsUnderTest.Member shed = gateway.join("shed", node).holds();
      gateway.deploy("hello");
      String id = get(gateway.url(), "/fn/hello").header("Limpet-Execution");
      shed.saysGoodbye();
      WireAnswer answer = get(gateway.url(), log(ExecutionId.parse(id)));
      assertEquals(503, answer.status());
      Problem problem = Problem.fromJson(answer.bytes());
      assertEquals(ErrorCode.HOLDERS_OFFLINE, problem.code());
      assertEquals("shed", problem.context().holders().getFirst().node());
      WireAnswer unknown = get(gateway.url(), log(ExecutionId.random()));
      assertEquals(404, unknown.status());
      assertTrue(unknown.text().contains("shed"), unknown::text);
    }
  }

  private static List<String> texts(LogPage page) {
    return page.items().stream().map(item -> item.node() + ": " + item.text()).toList();
  }

  private static LogPage page(CallsUnderTest gateway, String query) {
    WireAnswer answer = get(gateway.url(), "/v1/logs?function=" + FUNCTION + query);
    assertEquals(200, answer.status(), answer::text);
    return Json.read(LogPage.class, answer.bytes(), LogPage.MAX_JSON_BYTES);
  }

  @Test
  void logs_of_a_function_are_one_list_over_all_nodes_and_say_who_is_missing() throws Exception {
    LogNode shed = new LogNode();
    LogNode barn = new LogNode();
    for (int i = 1; i < 7; i++) {
      (i % 2 == 0 ? shed : barn)
          .items.add(item(ExecutionId.random(), ExecutionState.FAILED, "log " + i, i));
    }
    try (var shedNode = CallsUnderTest.node(shed);
        var barnNode = CallsUnderTest.node(barn);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", shedNode).holds();
      gateway.join("barn", barnNode).holds();
      gateway.join("attic", shedNode).holds().saysGoodbye();
      LogPage newest = page(gateway, "&limit=3");
      assertEquals(List.of("shed: log 4", "barn: log 5", "shed: log 6"), texts(newest));
      assertEquals(List.of("attic"), newest.missing());
      assertEquals(newest.items().getFirst().cursor().toString(), newest.next());
      assertEquals(6, page(gateway, "").items().size());
      assertNull(page(gateway, "").next());
      assertEquals(List.of(), page(gateway, "&limit=0").items());
    }
  }

  @Test
  void who_follows_a_function_gets_a_line_for_each_log_as_it_comes() throws Exception {
    LogNode shed = new LogNode();
    shed.items.add(item(ExecutionId.random(), ExecutionState.FAILED, "old", 1));
    try (var node = CallsUnderTest.node(shed);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      try (WireClient client = WireClient.connect(gateway.url())) {
        client.send(WireClient.request("GET /v1/logs?follow=true&function=" + FUNCTION, null));
        var head = client.head();
        assertEquals(200, head.status());
        assertEquals("application/x-ndjson", head.header("Content-Type").orElse(""));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(client.body(head), StandardCharsets.UTF_8));
        assertEquals("old", item(lines).text());
        shed.items.add(item(ExecutionId.random(), ExecutionState.FAILED, "new", 2));
        LogItem next = item(lines);
        assertEquals("new", next.text());
        assertEquals("shed", next.node());
      }
    }
  }

  private static LogItem item(BufferedReader lines) throws IOException {
    return Json.read(
        LogItem.class, lines.readLine().getBytes(StandardCharsets.UTF_8), LogPage.MAX_JSON_BYTES);
  }

  @Test
  void a_node_that_breaks_off_in_the_middle_cuts_the_log() throws Exception {
    ExecutionId id = ExecutionId.random();
    LogNode logs = new LogNode().has(new LogPart(item(id, ExecutionState.RUNNING, "a"), 1, true));
    WireServer.Script breaks =
        exchange -> {
          if (exchange.head().target().endsWith("from=1")) {
            exchange.close();
          } else {
            logs.handle(exchange);
          }
        };
    try (var node = CallsUnderTest.node(breaks);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("shed", node).holds();
      WireAnswer answer = get(gateway.url(), log(id));
      assertEquals("a", answer.text());
      assertTrue(answer.cut());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/logs",
        "/v1/logs?function=Not_a_name",
        "/v1/logs?function=hello&limit=x",
        "/v1/logs?function=hello&cursor=x",
        "/v1/logs?function=hello&follow=yes",
        "/v1/logs?function=hello&other=1",
        "/v1/executions/x-aaaaaaaaaaaaaaaaaaaaaaaaaa/log?follow=yes",
        "/v1/executions/x-aaaaaaaaaaaaaaaaaaaaaaaaaa/log?from=1"
      })
  void what_is_malformed_is_refused(String target) {
    try (var gateway = CallsUnderTest.open(folder)) {
      assertEquals(400, get(gateway.url(), target).status());
    }
  }

  @Test
  void logs_of_an_execution_are_for_callers_and_lists_for_the_owner_alone() {
    String manage = "Authorization: Bearer " + CallsUnderTest.MANAGE_TOKEN;
    String calls = "Authorization: Bearer " + CallsUnderTest.CALLS_TOKEN;
    String one = log(ExecutionId.random());
    String list = "/v1/logs?function=" + FUNCTION;
    try (var gateway = new CallsUnderTest(folder, Setup.OPEN.withPublic())) {
      assertEquals(401, get(gateway.url(), one).status());
      assertEquals(404, get(gateway.url(), one, calls).status());
      assertEquals(404, get(gateway.url(), one, manage).status());
      assertEquals(401, get(gateway.url(), list).status());
      assertEquals(403, get(gateway.url(), list, calls).status());
      assertEquals(200, get(gateway.url(), list, manage).status());
    }
  }
}
