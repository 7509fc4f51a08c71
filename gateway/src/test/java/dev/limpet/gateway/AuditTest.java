package dev.limpet.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.audit.AuditEntry;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each management action has a line, on the disk before it is answered. */
class AuditTest {
  private static final String SECRET = "manage-0123456789abcdef";
  private static final String MANAGE = "Authorization: Bearer " + SECRET;
  private static final String CALLS = "Authorization: Bearer calls-0123456789abcdef";
  private static final Duration SETTLE = Duration.ofSeconds(20);

  private final Path dir;
  private final GatewayUnderTest gateway;

  AuditTest(@TempDir Path dir) {
    this.dir = dir;
    this.gateway =
        GatewayUnderTest.start(
            dir,
            Map.of(
                "LIMPET_GATEWAY_TOKEN",
                SECRET,
                "LIMPET_GATEWAY_CALLS_TOKEN",
                "calls-0123456789abcdef"));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private List<AuditEntry> entries(String file) {
    Path path = dir.resolve("audit").resolve(file);
    try {
      List<String> lines = Files.readAllLines(path);
      assertFalse(lines.toString().contains(SECRET), "a token was recorded");
      return lines.stream()
          .map(line -> line.getBytes(StandardCharsets.UTF_8))
          .map(line -> Json.read(AuditEntry.class, line, 1 << 16))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private AuditEntry last() {
    return entries("audit-000001.jsonl").getLast();
  }

  private AuditEntry lastRefused() {
    return entries("refused-000001.jsonl").getLast();
  }

  private void assertLast(String action, String object, String outcome) {
    AuditEntry last = last();
    assertEquals(
        List.of("management", "127.0.0.1", action, object, outcome),
        List.of(last.who(), last.remote(), last.action(), last.object(), last.outcome()));
    assertTrue(last.at().isAfter(Instant.now().minus(Duration.ofMinutes(5))));
  }

  private Deployed deploy(String text, String name) {
    return GatewayUnderTest.read(
        Deployed.class, gateway.deploy(SampleModules.writes(text), "?name=" + name, MANAGE), 201);
  }

  @Test
  void deploying_naming_rolling_back_and_removing_are_recorded_with_what_came_of_them() {
    Deployed one = deploy("one", "hello");
    assertLast("function-deploy", one.function().toString(), "done");
    assertEquals("hello@1", last().detail());
    Deployed two = deploy("two", "other");
    String body = "{\"function\":\"" + two.function() + "\"}";
    assertEquals(200, gateway.json("PUT /v1/names/hello", body, MANAGE).status());
    assertLast("name-set", "hello", "done");
    assertEquals("version 2 is " + two.function(), last().detail());
    assertEquals(200, gateway.json("POST /v1/names/hello/rollback", "{}", MANAGE).status());
    assertLast("name-rollback", "hello", "done");
    assertEquals("version 3 is " + one.function(), last().detail());
    assertEquals(409, delete("/v1/functions/" + one.function()).status());
    assertLast("function-rm", one.function().toString(), "function-in-use");
    assertEquals(204, delete("/v1/names/hello").status());
    assertLast("name-rm", "hello", "done");
    assertEquals(204, delete("/v1/functions/" + one.function()).status());
    assertLast("function-rm", one.function().toString(), "done");
    assertEquals(7, entries("audit-000001.jsonl").size());
  }

  private WireAnswer delete(String target) {
    return gateway.ask("DELETE " + target, new byte[0], MANAGE);
  }

  @Test
  void decisions_about_nodes_are_recorded_also_when_they_fail() {
    for (String decision : List.of("approve", "drain", "revoke")) {
      WireAnswer answer = gateway.ask("POST /v1/nodes/shed/" + decision, new byte[0], MANAGE);
      assertEquals(404, answer.status());
      assertLast("node-" + decision, "shed", "node-not-found");
    }
    assertEquals(404, delete("/v1/nodes/shed").status());
    assertLast("node-rm", "shed", "node-not-found");
  }

  @Test
  void what_is_refused_is_recorded_with_the_kind_of_the_token() {
    refused(401, "public", "unauthorized", "X-None: 1");
    refused(401, "unknown", "unauthorized", "Authorization: Bearer wrong-wrong-wrong-wrong");
    refused(403, "calls", "forbidden", CALLS);
    refused(403, "management", "foreign-origin", MANAGE, "Origin: https://evil.example");
    assertEquals(0, entries("audit-000001.jsonl").size());
  }

  private void refused(int status, String who, String outcome, String... lines) {
    assertEquals(status, gateway.ask("DELETE /v1/names/hello", new byte[0], lines).status());
    AuditEntry entry = lastRefused();
    assertEquals(
        List.of(who, "name-rm", "hello", outcome),
        List.of(entry.who(), entry.action(), entry.object(), entry.outcome()));
  }

  @Test
  void a_hostile_name_stays_within_its_line() {
    String hostile = "x%0A%7B%22who%22%3A%22owner%22%7D%1B%5B2J";
    assertEquals(400, delete("/v1/names/" + hostile).status());
    assertLast("name-rm", "x\n{\"who\":\"owner\"}\u001b[2J", "bad-name");
    assertEquals(1, entries("audit-000001.jsonl").size());
  }

  @Test
  void a_caller_that_does_not_wait_for_the_answer_is_recorded_all_the_same() {
    byte[] module = SampleModules.writes("gone");
    String head =
        "POST /v1/functions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/wasm\r\n"
            + MANAGE
            + "\r\nContent-Length: "
            + module.length
            + "\r\n\r\n";
    try (WireClient client = WireClient.connect(gateway.url())) {
      client.send(head).send(module);
    }
    await().atMost(SETTLE).until(() -> !entries("audit-000001.jsonl").isEmpty());
    assertEquals("function-deploy", last().action());
  }

  @Test
  void reading_is_not_recorded() {
    assertEquals(200, gateway.get("/v1/names", MANAGE).status());
    assertEquals(401, gateway.get("/v1/names").status());
    assertEquals(0, entries("audit-000001.jsonl").size());
    assertEquals(0, entries("refused-000001.jsonl").size());
  }

  @Test
  void the_owner_on_loopback_needs_no_token_and_is_called_so(@TempDir Path other) {
    try (GatewayUnderTest open = GatewayUnderTest.start(other)) {
      Deployed deployed = open.deployed(SampleModules.writes("mine"), "");
      List<String> lines = Files.readAllLines(other.resolve("audit/audit-000001.jsonl"));
      assertEquals(1, lines.size());
      assertTrue(lines.getFirst().contains("\"who\":\"owner\""), lines.getFirst());
      assertTrue(lines.getFirst().contains(deployed.function().toString()), lines.getFirst());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
