package dev.limpet.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stops a start, and what a stop waits for. */
class StartTest {
  private final Path dir;

  StartTest(@TempDir Path dir) {
    this.dir = dir;
  }

  @Test
  void a_misspelt_key_stops_the_start_and_names_the_right_one() {
    String detail = refused(ErrorCode.BAD_CONFIG, Map.of(), "max-call=3");
    assertTrue(detail.contains("max-call") && detail.contains("max-calls"), detail);
    refused(ErrorCode.BAD_CONFIG, Map.of("LIMPET_GATEWAY_DIRR", "x"));
    refused(ErrorCode.BAD_CONFIG, Map.of(), "origins=not an origin");
    refused(ErrorCode.BAD_CONFIG, Map.of(), "token=0123456789abcdef0123");
  }

  @Test
  void pages_of_any_origin_are_let_in_only_where_the_public_is() {
    String detail = refused(ErrorCode.BAD_CONFIG, Map.of(), "call-origins=*");
    assertTrue(detail.contains("public-calls = true"), detail);
    for (String origin : List.of("shop.example", "https://shop.example/x", "https://*.example")) {
      refused(ErrorCode.BAD_CONFIG, Map.of(), "call-origins=" + origin);
    }
    GatewayConfig config =
        GatewayConfig.load(
            null,
            Map.of(),
            List.of(
                "listen=127.0.0.1:0",
                "dir=" + dir,
                "call-origins=*,https://shop.example",
                "public-calls=true"));
    try (Gateway gateway = Gateway.start(config)) {
      assertEquals(404, get(gateway.url(), "/fn/nobody").status());
    }
  }

  @Test
  void beyond_loopback_it_starts_only_with_a_token() {
    String detail = refused(ErrorCode.BAD_CONFIG, Map.of(), "listen=0.0.0.0:0");
    assertTrue(detail.contains("token-file = PATH"), detail);
    refused(
        ErrorCode.BAD_CONFIG,
        Map.of("LIMPET_GATEWAY_CALLS_TOKEN", "0123456789abcdef"),
        "listen=[::]:0");
    Map<String, String> guarded = Map.of("LIMPET_GATEWAY_TOKEN", "0123456789abcdef");
    GatewayConfig config =
        GatewayConfig.load(null, guarded, List.of("listen=0.0.0.0:0", "dir=" + dir));
    try (Gateway gateway = Gateway.start(config)) {
      assertEquals("127.0.0.1", gateway.url().getHost());
      assertEquals(401, get(gateway.url(), "/v1/names").status());
    }
  }

  @Test
  void https_needs_both_files_and_beyond_loopback_a_token() {
    KeyFiles files = new TestAuthority(dir).issue("server");
    String certificate = "tls-cert=" + files.certificate();
    String key = "tls-key=" + files.key();
    String half = refused(ErrorCode.BAD_CONFIG, Map.of(), certificate);
    assertTrue(half.contains("add the line: tls-key = PATH"), half);
    refused(ErrorCode.BAD_CONFIG, Map.of(), "tls-listen=127.0.0.1:0");
    String open = refused(ErrorCode.BAD_CONFIG, Map.of(), certificate, key, "tls-listen=0.0.0.0:0");
    assertTrue(open.contains("tls-listen = 0.0.0.0:0 can be reached"), open);
    String stranger =
        refused(
            ErrorCode.BAD_CONFIG,
            Map.of(),
            certificate,
            "tls-key=" + new TestAuthority(dir).issue("other").key());
    assertTrue(stranger.contains("is not the key of"), stranger);
  }

  @Test
  void a_folder_of_a_newer_build_is_left_alone() throws IOException {
    Files.writeString(dir.resolve("format"), "limpet gateway 9\n");
    String detail = refused(ErrorCode.BAD_CONFIG, Map.of());
    assertTrue(detail.contains("newer build"), detail);
    assertFalse(Files.exists(dir.resolve("gateway.db")));
  }

  @Test
  void a_folder_of_an_older_build_is_migrated_and_keeps_names_and_functions() throws IOException {
    Deployed deployed;
    try (GatewayUnderTest gateway = GatewayUnderTest.start(dir)) {
      deployed = gateway.deployed(SampleModules.writes("old"), "?name=old");
    }
    Files.delete(dir.resolve("format"));
    database(
        "DROP TABLE witnessed_log",
        "DROP TABLE log_evidence",
        "DROP TABLE enrolment",
        "DROP TABLE revoked_key",
        "ALTER TABLE node DROP COLUMN standing",
        "DROP INDEX function_by_script",
        "ALTER TABLE function DROP COLUMN script",
        version(1));
    try (GatewayUnderTest gateway = GatewayUnderTest.start(dir)) {
      NameInfo name = GatewayUnderTest.read(NameInfo.class, gateway.get("/v1/names/old"), 200);
      assertEquals(deployed.function(), name.function());
      assertEquals(200, gateway.get("/v1/functions/" + deployed.function()).status());
      assertEquals("limpet gateway 1\n", Files.readString(dir.resolve("format")));
    }
  }

  @Test
  void a_database_of_a_newer_build_stops_the_start_with_what_to_do() {
    database(version(99));
    String detail = refused(ErrorCode.STORE_FAILED, Map.of());
    assertTrue(detail.contains("newer build of Limpet; start that one"), detail);
  }

  private static String version(int version) {
    return "PRAGMA user_version = " + version;
  }

  private void database(String... statements) {
    try (Database database = Database.open(dir.resolve("gateway.db"))) {
      database.write(
          connection -> {
            for (String statement : statements) {
              Database.update(connection, statement);
            }
            return null;
          });
    }
  }

  @Test
  void two_processes_never_share_a_folder_or_a_port() {
    try (GatewayUnderTest first = GatewayUnderTest.start(dir)) {
      String detail = refused(ErrorCode.BAD_CONFIG, Map.of());
      assertTrue(detail.contains("in use"), detail);
      GatewayConfig same =
          GatewayConfig.load(
              null,
              Map.of(),
              List.of("listen=127.0.0.1:" + first.url().getPort(), "dir=" + dir.resolve("b")));
      LimpetException e = assertThrows(LimpetException.class, () -> Gateway.start(same));
      assertEquals(ErrorCode.BAD_CONFIG, e.code());
    }
    GatewayUnderTest.start(dir).close();
  }

  @Test
  void a_stop_lets_a_running_request_end_and_refuses_new_ones() throws Exception {
    GatewayUnderTest gateway = GatewayUnderTest.start(dir);
    URI url = gateway.url();
    try (WireClient slow = WireClient.connect(url);
        WireClient open = WireClient.connect(url)) {
      slow.send(
          "PUT /v1/names/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 16\r\n\r\n{\"function\"");
      open.send(WireClient.request("GET /health/ready", null));
      assertEquals(200, open.answer().status());
      CompletableFuture<Void> stop =
          CompletableFuture.runAsync(gateway::close, Thread::startVirtualThread);
      Awaitility.await()
          .until(
              () -> {
                open.send(WireClient.request("GET /health/ready", null));
                return open.answer().status() == 503;
              });
      open.send(WireClient.request("GET /v1/names", null));
      assertEquals("draining", open.answer().header("Limpet-Error"));
      slow.send(":\"b\"}");
      assertEquals("name-not-found", slow.answer().header("Limpet-Error"));
      stop.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void metrics_count_answers_by_resource_and_class() {
    try (GatewayUnderTest gateway = GatewayUnderTest.start(dir)) {
      assertEquals(404, gateway.get("/v1/names/a").status());
      assertEquals(200, gateway.get("/v1/names").status());
      WireAnswer metrics = gateway.get("/metrics");
      assertTrue(metrics.header("Content-Type").startsWith("text/plain"), "" + metrics);
      for (String line :
          List.of(
              "limpet_gateway_requests_total{resource=\"names\",status=\"4xx\"} 1.0",
              "limpet_gateway_requests_total{resource=\"names\",status=\"2xx\"} 1.0",
              "limpet_gateway_nodes_ready 0.0")) {
        assertTrue(metrics.text().contains(line), metrics.text());
      }
    }
  }

  private String refused(ErrorCode code, Map<String, String> secrets, String... settings) {
    LimpetException e =
        assertThrows(
            LimpetException.class,
            () -> {
              List<String> all = new ArrayList<>(List.of("dir=" + dir));
              if (List.of(settings).stream().noneMatch(s -> s.startsWith("listen="))) {
                all.add("listen=127.0.0.1:0");
              }
              all.addAll(List.of(settings));
              Gateway.start(GatewayConfig.load(null, secrets, all)).close();
            });
    assertEquals(code, e.code(), e.getMessage());
    return String.valueOf(e.getMessage());
  }

  private static WireAnswer get(URI url, String target) {
    return WireClient.ask(url, WireClient.request("GET " + target, null));
  }
}
