package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus (Debian's package) scrapes both servers, with our rules and our dashboard. */
@Tag("nightly")
@Timeout(180)
class PrometheusTest {
  private static final Path FILES = Path.of("..", "observability").toAbsolutePath().normalize();
  private static final Pattern LISTENING =
      Pattern.compile("msg=\"Listening on\" address=(127\\.0\\.0\\.1:[0-9]+)");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;

  /** The files of the repository, for servers on other ports and with little patience. */
  private Path config(URI gateway, URI node) throws IOException {
    String text =
        Files.readString(FILES.resolve("prometheus.yml"))
            .replace("    authorization: {credentials_file: limpet-token}\n", "")
            .replace("127.0.0.1:8640", gateway.getAuthority())
            .replace("127.0.0.1:8641", node.getAuthority())
            .replace("- alerts.yml", "- " + FILES.resolve("alerts.yml"));
    String quick = "global: {scrape_interval: 1s, evaluation_interval: 1s}\n";
    return Files.writeString(folder.resolve("prometheus.yml"), quick + text);
  }

  private Process start(Path config) throws IOException {
    return new ProcessBuilder(
            "prometheus",
            "--config.file=" + config,
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:0")
        .redirectErrorStream(true)
        .start();
  }

  /** Where it says that it listens; what it says afterwards is read and forgotten. */
  private static URI listening(Process prometheus) throws IOException {
    BufferedReader said = prometheus.inputReader();
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      all.append(line).append('\n');
      Matcher matcher = LISTENING.matcher(line);
      if (matcher.find()) {
        Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
        return URI.create("http://" + matcher.group(1));
      }
    }
    throw new AssertionError("prometheus does not listen:\n" + all);
  }

  private static JsonObject ask(URI prometheus, String target) {
    String lines = WireClient.ask(prometheus, WireClient.request("GET " + target, null)).text();
    JsonObject answer = JsonObject.parse(lines);
    assertEquals("success", answer.text("status"), lines);
    return answer.object("data");
  }

  private static boolean hasData(URI prometheus, String query) {
    String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
    return !ask(prometheus, "/api/v1/query?query=" + encoded).objects("result").isEmpty();
  }

  private static List<String> panels() throws IOException {
    List<String> queries = new ArrayList<>();
    for (JsonObject panel :
        JsonObject.parse(Files.readString(FILES.resolve("grafana-limpet.json")))
            .objects("panels")) {
      panel.objects("targets").forEach(target -> queries.add(target.text("expr")));
    }
    return queries.stream().map(query -> query.replace("$__rate_interval", "10s")).toList();
  }

  @Test
  void it_scrapes_both_loads_the_rules_and_has_data_for_every_panel() throws Exception {
    assumeTrue(
        InstalledProgram.isThere("prometheus"),
        "prometheus is not here: Debian's package prometheus has it");
    KeyFiles files = new TestAuthority(folder).issue("server");
    try (GatewayAndNode machine = GatewayAndNode.withTls(folder, files)) {
      deploy(machine, "says", SampleModules.writes("hello"));
      deploy(machine, "fails", SampleModules.traps());
      await().until(() -> status(machine, "says") == 200); // the node has joined
      Process process = start(config(machine.gateway().url(), machine.node().url()));
      try {
        URI prometheus = listening(process);
        await().atMost(PATIENCE).until(() -> up(prometheus) == 2);
        for (String query : panels()) {
          await(query)
              .atMost(PATIENCE)
              .until(
                  () -> {
                    call(machine);
                    return hasData(prometheus, query);
                  });
        }
        List<JsonObject> groups = ask(prometheus, "/api/v1/rules").objects("groups");
        List<JsonObject> rules = groups.stream().flatMap(g -> g.objects("rules").stream()).toList();
        assertTrue(rules.size() > 8, rules.toString());
        rules.forEach(rule -> assertEquals("ok", rule.text("health"), rule.text("name")));
      } finally {
        process.destroy();
        assertTrue(process.waitFor(Duration.ofSeconds(20)), "prometheus does not stop");
      }
    }
  }

  private void deploy(GatewayAndNode machine, String name, byte[] module) throws IOException {
    machine.deploy(Files.write(folder.resolve(name + ".wasm"), module), name);
  }

  private static long up(URI prometheus) {
    return ask(prometheus, "/api/v1/targets").objects("activeTargets").stream()
        .filter(target -> target.text("health").equals("up"))
        .count();
  }

  /** One that is done, and one that fails. */
  private static void call(GatewayAndNode machine) {
    assertEquals(200, status(machine, "says"));
    assertEquals(502, status(machine, "fails"));
  }

  private static int status(GatewayAndNode machine, String function) {
    String request = WireClient.request("GET /fn/" + function, null);
    return WireClient.ask(machine.gateway().url(), request).status();
  }
}
