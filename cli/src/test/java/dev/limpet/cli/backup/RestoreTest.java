package dev.limpet.cli.backup;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.RecordingTerminal;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway and a node that are backed up while they run, lost, and restored. */
class RestoreTest {
  private static final Duration SETTLE = Duration.ofSeconds(30);

  @TempDir private Path dir = Path.of("");
  private final List<AutoCloseable> running = new ArrayList<>();
  private URI gateway = URI.create("http://127.0.0.1:1");

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : running.reversed()) {
      each.close();
    }
    running.clear();
  }

  private void start(Path data) {
    List<String> settings =
        List.of(
            "listen=127.0.0.1:0",
            "dir=" + data.resolve("gateway"),
            "approve-nodes=by-hand",
            "heartbeat=500ms");
    Gateway started = Gateway.start(GatewayConfig.load(null, Map.of(), settings));
    running.add(started);
    gateway = started.url();
    List<String> ofNode =
        List.of(
            "listen=127.0.0.1:0",
            "dir=" + data.resolve("node-1"),
            "name=shed",
            "gateway=" + started.url());
    running.add(Node.start(NodeConfig.load(null, Map.of(), ofNode)));
  }

  private RecordingTerminal run(int exit, String... arguments) {
    RecordingTerminal terminal =
        new RecordingTerminal(Map.of("LIMPET_GATEWAY", gateway.toString()));
    assertEquals(
        exit,
        terminal.run(arguments),
        () -> String.join(" ", arguments) + ": " + terminal.out() + terminal.err());
    return terminal;
  }

  private JsonObject json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return JsonObject.parse(run(0, all.toArray(String[]::new)).out());
  }

  private String stateOfNode() {
    RecordingTerminal terminal =
        new RecordingTerminal(Map.of("LIMPET_GATEWAY", gateway.toString()));
    boolean listed = terminal.run("nodes", "list", "--json") == 0 && !terminal.out().isEmpty();
    return listed ? JsonObject.parse(terminal.out()).text("state") : "";
  }

  /** What must be the same afterwards, as the commands show it. */
  private record Known(
      String history, String functions, String peerId, String pins, String copied) {}

  private Known known(String cid) {
    JsonObject node = json("nodes", "list");
    return new Known(
        run(0, "name", "history", "copy", "--json").out(),
        run(0, "functions", "list", "--json").out(),
        node.text("peerId"),
        node.text("roots"),
        run(0, "call", "copy@1", "--on", cid).out() + run(0, "call", "copy", "--on", cid).out());
  }

  @Test
  void a_machine_that_was_lost_comes_back_as_it_was_backed_up_while_it_ran() throws Exception {
    Path data = dir.resolve("data");
    start(data);
    await().atMost(SETTLE).until(() -> stateOfNode().equals("pending"));
    run(0, "nodes", "approve", "shed");
    Path folder = Files.createDirectory(dir.resolve("unseen"));
    Files.writeString(folder.resolve("note.txt"), "only here, and nowhere else");
    String cid = json("add", folder.toString(), "--node", "shed").text("cid");
    deploy(SampleModules.copiesFile("note.txt"));
    deploy(SampleModules.writes("the second version"));
    Known before = known(cid);

    Path file = dir.resolve("machine.backup");
    JsonObject made = json("backup", "--dir", data.toString(), "--to", file.toString());
    assertEquals("machine", made.text("kind"));
    for (String each : List.of("gateway", "node-1")) {
      String audit = Files.readString(data.resolve(each).resolve("audit/audit-000001.jsonl"));
      String last = audit.lines().reduce("", (_, line) -> line);
      assertEquals("backup", JsonObject.parse(last).text("action"), audit);
    }
    stop();
    destroy(data);

    Path back = dir.resolve("back");
    run(0, "restore", "--from", file.toString(), "--dir", back.toString());
    Path audit = back.resolve("gateway/audit/audit-000001.jsonl");
    assertTrue(Files.readString(audit).contains("\"node-approve\""), "its history came along");
    start(back);
    // Approved before the backup: nobody approves it again.
    await().atMost(SETTLE).until(() -> stateOfNode().equals("ready"));
    await().atMost(SETTLE).untilAsserted(() -> assertEquals(before, known(cid)));
    assertTrue(before.copied().startsWith("only here"), before.copied());
    assertEquals("only here, and nowhere else", run(0, "cat", cid + "/note.txt").out());
    run(0, "pin", cid, "--node", "shed");
    assertEquals(cid, json("add", folder.toString(), "--node", "shed").text("cid"));
  }

  private void deploy(byte[] module) throws IOException {
    Path file = Files.write(dir.resolve("module.wasm"), module);
    run(0, "deploy", file.toString(), "--name", "copy");
  }

  private static void destroy(Path data) throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
    assertFalse(Files.exists(data));
  }
}
