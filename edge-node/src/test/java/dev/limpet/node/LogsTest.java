package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.LogPage;
import dev.limpet.protocol.LogPart;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogsTest {
  private Path dir = Path.of("");
  private NodeUnderTest node;

  @BeforeAll
  void start(@TempDir Path fresh) {
    dir = fresh.resolve("node");
    node = NodeUnderTest.start(dir);
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private TestCall call(SampleFunction function) {
    assertEquals(204, function.pushTo(node.url()).status());
    return TestCall.of(function);
  }

  private WireAnswer ask(ExecutionId id, String query) {
    return node.ask("GET /v1/executions/" + id + "/log" + query);
  }

  private LogPart part(ExecutionId id, long from) {
    WireAnswer answer = ask(id, "?from=" + from);
    assertEquals(200, answer.status(), answer::text);
    return Json.read(LogPart.class, answer.bytes(), LogPart.MAX_JSON_BYTES);
  }

  private LogPage list(SampleFunction function, String more) {
    WireAnswer answer = node.ask("GET /v1/logs?function=" + function.cid() + more);
    assertEquals(200, answer.status(), answer::text);
    return Json.read(LogPage.class, answer.bytes(), LogPage.MAX_JSON_BYTES);
  }

  @Test
  void a_function_that_failed_left_its_log_and_how_it_ended() {
    ExecutionId id = ExecutionId.random();
    SampleFunction csv = SampleFunction.example("csv");
    WireAnswer answer = call(csv).arguments("nonsense").execution(id).ask(node);
    assertEquals(400, answer.status(), answer::text);
    LogPart part = part(id, 0);
    LogItem item = part.item();
    assertEquals(id, item.execution());
    assertEquals(csv.cid(), item.function());
    assertEquals(ExecutionState.FAILED, item.state());
    assertEquals("bad-arguments", item.error());
    assertEquals(64, item.exitCode());
    assertTrue(item.text().length() > 10, item::toString);
    Instant end = Objects.requireNonNull(item.endedAt());
    assertFalse(end.isBefore(item.startedAt()));
    assertEquals(item.text().length(), part.next());
    assertEquals("", part(id, part.next()).item().text());
  }

  @Test
  void a_trap_is_kept_also_when_the_function_said_nothing() {
    ExecutionId id = ExecutionId.random();
    call(SampleFunction.of(SampleModules.traps())).execution(id).ask(node);
    LogItem item = part(id, 0).item();
    assertEquals("guest-trapped", item.error());
    assertEquals("", item.text());
    assertTrue(String.valueOf(item.detail()).contains("unreachable"), item.detail());
    assertNull(item.exitCode());
  }

  @Test
  void a_function_that_ends_well_without_a_word_leaves_nothing() {
    ExecutionId id = ExecutionId.random();
    SampleFunction hello = SampleFunction.of(SampleModules.hello());
    assertEquals(200, call(hello).execution(id).ask(node).status());
    Awaitility.await().until(() -> ask(id, "").status() == 404);
    assertEquals("execution-not-found", ask(id, "").header("Limpet-Error"));
    assertEquals(List.of(), list(hello, "").items());
  }

  @Test
  void a_log_can_be_read_while_its_function_runs() throws Exception {
    ExecutionId id = ExecutionId.random();
    TestCall call = call(SampleFunction.of(SampleModules.floodsLog(), "")).execution(id);
    try (WireClient client = WireClient.connect(node.url())) {
      call.send(client);
      Awaitility.await()
          .until(() -> ask(id, "").status() == 200 && !part(id, 0).item().text().isEmpty());
      LogPart first = part(id, 0);
      assertEquals(ExecutionState.RUNNING, first.item().state());
      assertNull(first.item().endedAt());
      Awaitility.await().until(() -> part(id, first.next()).next() > first.next());
      assertEquals(204, node.ask("DELETE /v1/invocations/" + id).status());
      assertEquals(503, client.answer().status());
    }
    LogPart last = part(id, 0);
    assertEquals("cancelled", last.item().error());
    assertTrue(last.more());
  }

  @Test
  void logs_of_a_function_are_listed_newest_last_and_page_by_page() {
    SampleFunction function = SampleFunction.of(SampleModules.exitsWith(3));
    TestCall call = call(function);
    ExecutionId[] ids = new ExecutionId[5];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = ExecutionId.random();
      call.execution(ids[i]).ask(node);
      long before = System.currentTimeMillis();
      Awaitility.await().until(() -> System.currentTimeMillis() > before);
    }
    LogPage newest = list(function, "&limit=2");
    assertEquals(List.of(ids[3], ids[4]), newest.items().stream().map(LogItem::execution).toList());
    LogPage older = list(function, "&limit=3&cursor=" + newest.next());
    assertEquals(
        List.of(ids[0], ids[1], ids[2]), older.items().stream().map(LogItem::execution).toList());
    assertNull(older.next());
    long seen = newest.items().getFirst().sequence();
    assertEquals(
        List.of(ids[4]),
        list(function, "&after=" + seen).items().stream().map(LogItem::execution).toList());
  }

  @Test
  void what_is_not_a_place_or_a_number_is_refused() {
    ExecutionId id = ExecutionId.random();
    SampleFunction hello = SampleFunction.of(SampleModules.hello());
    for (String query : List.of("?from=-1", "?from=x", "?other=1", "?from=1&from=2")) {
      assertEquals(400, ask(id, query).status(), query);
    }
    String logs = "GET /v1/logs?function=" + hello.cid();
    for (String query :
        List.of(
            "&cursor=x", "&cursor=1.x-1", "&after=x", "&limit=0", "&cursor=9999999999999999.a")) {
      assertEquals(400, node.ask(logs + query).status(), query);
    }
    assertEquals(400, node.ask("GET /v1/logs").status());
    assertEquals(400, node.ask("GET /v1/logs?function=name").status());
    assertEquals(405, node.ask("POST /v1/logs?function=" + hello.cid()).status());
    assertEquals(400, node.ask("GET /v1/executions/x-1/log").status());
  }

  @Test
  void logs_are_for_the_owner_and_for_the_gateway_alone(@TempDir Path other) throws Exception {
    Path token = other.resolve("token");
    Files.writeString(token, "the-management-token");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    String target = "GET /v1/executions/" + ExecutionId.random() + "/log";
    try (NodeUnderTest guarded =
        NodeUnderTest.start(other.resolve("node"), "token-file=" + token)) {
      assertEquals(401, guarded.ask(target).status());
      assertEquals(404, guarded.ask(target, "Authorization: Bearer the-management-token").status());
      String link = "Authorization: Bearer " + guarded.node().linkToken();
      assertEquals(404, guarded.ask(target, link).status());
      assertEquals(401, guarded.ask("GET /v1/logs?function=x").status());
    }
  }
}
