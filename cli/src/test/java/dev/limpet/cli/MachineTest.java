package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.up.Machine;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README against a gateway and two nodes, each in a process of its own. */
class MachineTest {
  private static final Duration SETTLE = Duration.ofSeconds(30);
  private static final List<String> LOG = new CopyOnWriteArrayList<>();

  @TempDir private static Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init") // set by start()
  private static Machine machine;

  @BeforeAll
  static void start() {
    machine =
        Machine.start(new Machine.Plan(directory.resolve("data"), "127.0.0.1", 0, 2), LOG::add);
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @Test
  void a_directory_goes_in_and_comes_back_the_same() throws IOException {
    Path tree = Files.createDirectories(directory.resolve("tree/below"));
    Files.writeString(tree.resolve("a.txt"), "alpha");
    byte[] large = new byte[3 << 20];
    new Random(7).nextBytes(large);
    Files.write(tree.getParent().resolve("large.bin"), large);

    String cid = add(tree.getParent(), "node-1").text("cid");
    RecordingTerminal ls = terminal();
    assertEquals(0, ls.run("ls", cid), ls.err());
    assertTrue(ls.out().contains("below") && ls.out().contains("large.bin"), ls.out());

    RecordingTerminal cat = terminal();
    assertEquals(0, cat.run("cat", cid + "/below/a.txt"), cat.err());
    assertEquals("alpha", cat.out());

    Path back = directory.resolve("back");
    RecordingTerminal get = terminal();
    assertEquals(0, get.run("get", cid, "-o", back.toString()), get.err());
    assertArrayEquals(large, Files.readAllBytes(back.resolve("large.bin")));
    assertEquals("alpha", Files.readString(back.resolve("below/a.txt")));
    assertEquals(2, terminal().run("get", cid, "-o", back.toString()), "it does not overwrite");
  }

  @Test
  void a_function_is_deployed_called_explained_and_renamed() throws IOException {
    Path module = Files.write(directory.resolve("hello.wasm"), SampleModules.hello());
    assertEquals(0, terminal().run("check", module.toString()));
    String first = deploy(module, "greet").text("function");

    RecordingTerminal call = terminal();
    assertEquals(0, call.run("call", "greet"), call.err());
    assertTrue(call.out().startsWith("hello"), call.out());
    assertEquals("", call.err());

    RecordingTerminal why = terminal();
    assertEquals(0, why.run("why", "greet"), why.err());
    assertTrue(why.out().contains("node-1") && why.out().contains("node-2"), why.out());

    Path other = Files.write(directory.resolve("echo.wasm"), SampleModules.echo());
    assertEquals("2", deploy(other, "greet").text("version"));
    assertEquals(0, terminal().run("name", "rollback", "greet"));
    RecordingTerminal history = terminal();
    assertEquals(0, history.run("name", "history", "greet", "--json"), history.err());
    assertEquals(first, JsonObject.parse(history.out()).text("function"));
    assertEquals("3", JsonObject.parse(history.out()).text("version"));
    RecordingTerminal old = terminal();
    assertEquals(0, old.run("call", "greet@1"), old.err());
    assertTrue(old.out().startsWith("hello"), old.out());
  }

  @Test
  void what_is_not_there_is_exit_code_5_and_what_fails_exit_code_1() throws IOException {
    assertEquals(5, terminal().run("call", "no-such-function"));
    assertEquals(
        5, terminal().run("cat", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"));
    Path module = Files.write(directory.resolve("trap.wasm"), SampleModules.trap());
    deploy(module, "trap");
    RecordingTerminal failed = terminal();
    assertEquals(1, failed.run("call", "trap"), failed.err());
    assertEquals("", failed.out());
    assertFalse(failed.err().isBlank());
  }

  @Test
  void a_killed_node_is_started_again_with_its_data() throws IOException {
    Path file = Files.writeString(directory.resolve("kept.txt"), "kept");
    String cid = add(file, "node-2").text("cid");
    long killed = machine.pids().get(2);
    ProcessHandle.of(killed).orElseThrow().destroyForcibly();
    await().atMost(SETTLE).until(() -> machine.pids().get(2) != killed);
    await()
        .atMost(SETTLE)
        .untilAsserted(
            () -> {
              RecordingTerminal cat = terminal();
              assertEquals(0, cat.run("cat", cid), cat.err());
              assertEquals("kept", cat.out());
            });
  }

  @Test
  void the_screens_show_the_nodes() {
    for (String command : List.of("status", "doctor")) {
      RecordingTerminal terminal = terminal();
      assertEquals(0, terminal.run(command), terminal.err());
      assertTrue(terminal.out().contains("node-1"), terminal.out());
    }
    RecordingTerminal nodes = terminal();
    assertEquals(0, nodes.run("nodes", "list", "--json"));
    for (String line : nodes.out().lines().toList()) {
      JsonObject node = JsonObject.parse(line);
      assertTrue(
          node.fields()
              .keySet()
              .containsAll(List.of("name", "url", "peerId", "state", "roots", "bytes")),
          line);
    }
    assertEquals(2, nodes.out().lines().count());
  }

  private static JsonObject add(Path path, String node) {
    RecordingTerminal terminal = terminal();
    assertEquals(0, terminal.run("add", path.toString(), "--node", node, "--json"), terminal.err());
    JsonObject added = JsonObject.parse(terminal.out());
    assertTrue(
        added.fields().keySet().containsAll(List.of("path", "cid", "size", "dagSize", "node")),
        terminal.out());
    return added;
  }

  private static JsonObject deploy(Path module, String name) {
    RecordingTerminal terminal = terminal();
    int exit = terminal.run("deploy", module.toString(), "--name", name, "--json");
    assertEquals(0, exit, terminal.err());
    return JsonObject.parse(terminal.out());
  }

  private static RecordingTerminal terminal() {
    return new RecordingTerminal(Map.of("LIMPET_GATEWAY", machine.gateway().toString()));
  }
}
