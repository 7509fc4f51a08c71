package dev.limpet.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.accesslog.LogLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway logs of each request. */
class AccessLogTest {
  @TempDir private Path dir;

  @Test
  void each_request_has_a_line_and_secrets_have_none() throws Exception {
    Path log = dir.resolve("access.jsonl");
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    try (GatewayUnderTest gateway =
        GatewayUnderTest.start(dir.resolve("gateway"), "access-log=" + log)) {
      assertEquals(200, gateway.get("/v1/names?limit=3", "X-Token: secret").status());
      String parent = "traceparent: 00-" + trace + "-00f067aa0ba902b7-01";
      assertEquals(404, gateway.get("/fn/nobody?arg=secret", parent).status());
      assertEquals(421, gateway.get("/on/\u00e4", "Host: evil.example").status());
      await().until(() -> Files.readAllLines(log).size() == 3);
    }
    List<String> lines = Files.readAllLines(log);
    assertEquals(3, lines.size(), lines.toString());
    String names = LogLines.ofPath(lines, "/v1/names");
    assertTrue(
        names.contains(
            "\"remote\":\"127.0.0.1\",\"who\":\"owner\",\"protocol\":\"HTTP/1.1\","
                + "\"method\":\"GET\",\"path\":\"/v1/names\",\"status\":200,\"end\":\"whole\""),
        names);
    String call = LogLines.ofPath(lines, "/fn/nobody");
    assertTrue(call.contains("\"error\":\"name-not-found\""), call);
    assertTrue(call.endsWith("\"trace\":\"" + trace + "\"}"), call);
    assertTrue(lines.stream().anyMatch(line -> line.contains("\"status\":421")), lines.toString());
    assertTrue(lines.stream().noneMatch(line -> line.contains("secret")), lines.toString());
  }

  /** As the Execution of such a call has it. */
  @Test
  void a_page_of_another_origin_is_the_public_also_where_the_owner_needs_no_token()
      throws Exception {
    Path log = dir.resolve("access.jsonl");
    String page = "Origin: https://any.example";
    try (GatewayUnderTest gateway =
        GatewayUnderTest.start(
            dir.resolve("gateway"),
            "access-log=" + log,
            "origins=https://own.example",
            "call-origins=*",
            "public-calls=true")) {
      assertEquals(404, gateway.get("/fn/page", page).status());
      assertEquals(404, gateway.get("/fn/typed").status());
      assertEquals(404, gateway.get("/fn/own", "Origin: https://own.example").status());
      assertEquals(403, gateway.ask("DELETE /v1/names/a", new byte[0], page).status());
      await().until(() -> Files.readAllLines(log).size() == 4);
    }
    List<String> lines = Files.readAllLines(log);
    for (String target : List.of("/fn/page", "/v1/names/a")) {
      String line = LogLines.ofPath(lines, target);
      assertTrue(line.contains("\"who\":\"public\""), line);
    }
    for (String target : List.of("/fn/typed", "/fn/own")) {
      String line = LogLines.ofPath(lines, target);
      assertTrue(line.contains("\"who\":\"owner\""), line);
    }
  }
}
