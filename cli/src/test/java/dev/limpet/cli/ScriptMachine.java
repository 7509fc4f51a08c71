package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway and a node that has compiled the runtime of scripts. */
record ScriptMachine(GatewayAndNode servers) implements AutoCloseable {
  private static final Duration COMPILING = Duration.ofSeconds(60);

  /** Both keep their data in {@code folder}. */
  static ScriptMachine start(Path folder) {
    ScriptMachine machine = new ScriptMachine(GatewayAndNode.start(folder));
    try {
      return machine.ready();
    } catch (RuntimeException | Error e) {
      machine.close();
      throw e;
    }
  }

  private ScriptMachine ready() {
    WireAnswer first =
        ask(
            "POST /v1/functions?name=first",
            "export default () => 1",
            "Content-Type: text/javascript");
    assertEquals(201, first.status(), first.text());
    await()
        .atMost(COMPILING)
        .until(() -> ask("GET /fn/first", null, "Limpet-Timeout: 2s").status() == 200);
    return this;
  }

  /** Where the gateway is. */
  String url() {
    return servers.gateway().url().toString();
  }

  /** One request to the gateway. */
  WireAnswer ask(String line, @Nullable String body, String... headers) {
    return WireClient.ask(servers.gateway().url(), WireClient.request(line, body, headers));
  }

  /** Deploys a script or manifest with the command; the path where it is called. */
  String deploy(String file, String... options) {
    RecordingTerminal terminal = new RecordingTerminal();
    ArrayList<String> all = new ArrayList<>(List.of("deploy", file, "--gateway", url(), "--json"));
    all.addAll(List.of(options));
    assertEquals(0, terminal.run(all.toArray(String[]::new)), terminal.err());
    return JsonObject.parse(terminal.out()).text("url").substring(url().length());
  }

  @Override
  public void close() {
    servers.close();
  }
}
