package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the rules for Prometheus, against what a gateway and a node really show. */
@Timeout(120)
class ObservabilityFilesTest {
  private static final Path FILES = Path.of("..", "observability");
  private static final Pattern METRIC = Pattern.compile("limpet_[a-z_]+");

  @TempDir private Path folder;

  private static TreeSet<String> named(String file) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    METRIC
        .matcher(Files.readString(FILES.resolve(file)))
        .results()
        .forEach(match -> names.add(match.group()));
    return names;
  }

  private static TreeSet<String> shownBy(URI server) {
    TreeSet<String> names = new TreeSet<>();
    WireClient.ask(server, WireClient.request("GET /metrics", null))
        .text()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
    return names;
  }

  @Test
  void every_metric_that_the_files_name_is_there() throws Exception {
    KeyFiles files = new TestAuthority(folder).issue("server");
    try (GatewayAndNode machine = GatewayAndNode.withTls(folder, files)) {
      TreeSet<String> shown = shownBy(machine.gateway().url());
      shown.addAll(shownBy(machine.node().url()));
      TreeSet<String> dashboard = named("grafana-limpet.json");
      TreeSet<String> rules = named("alerts.yml");
      assertTrue(dashboard.size() > 15 && rules.size() > 8, dashboard + " " + rules);
      dashboard.removeAll(shown);
      rules.removeAll(shown);
      assertEquals(new TreeSet<>(), dashboard, "no server shows these of the dashboard");
      assertEquals(new TreeSet<>(), rules, "no server shows these of the rules");
    }
  }

  @Test
  void the_dashboard_is_json() throws IOException {
    JsonObject tree = JsonObject.parse(Files.readString(FILES.resolve("grafana-limpet.json")));
    assertTrue(tree.objects("panels").size() > 10);
  }

  @Test
  void prometheus_takes_the_rules() throws Exception {
    assumeTrue(
        InstalledProgram.isThere("promtool"),
        "promtool is not here: Debian's package prometheus has it");
    Process check =
        new ProcessBuilder("promtool", "check", "rules", FILES + "/alerts.yml")
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, check.waitFor(), said);
  }
}
