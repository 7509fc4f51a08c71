package dev.limpet.cli;

import static dev.limpet.cli.Settling.awaitJoinedAgain;
import static dev.limpet.cli.Settling.awaitOutput;
import static dev.limpet.cli.Settling.awaitReady;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.up.Machine;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README does, with other functions and files, on servers in processes of their own. */
@Order(1) // it is long: others run beside it
class MachineTest {
  private static final Duration SETTLE = Duration.ofSeconds(60);

  /** Enough acknowledged work before a kill in the middle of more. */
  private static final int ACKNOWLEDGED = 3;

  /** A byte more than a raw function takes. */
  private static final int TOO_MUCH = (16 << 20) + 1;

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
    Path tree = Files.createDirectories(directory.resolve("tree/below")).resolveSibling("");
    Files.writeString(tree.resolve("below/a.txt"), "alpha");
    byte[] large = new byte[3 << 20];
    new Random(7).nextBytes(large);
    Files.write(tree.resolve("large.bin"), large);
    String cid = add(tree, "node-1");

    String listed = run(0, "ls", cid).out();
    assertTrue(listed.contains("below") && listed.contains("large.bin"), listed);
    assertEquals("alpha", run(0, "cat", cid + "/below/a.txt").out());
    assertEquals("lph", run(0, "cat", cid + "/below/a.txt", "--range", "1-3").out());
    run(2, "cat", cid + "/below/a.txt", "--range", "nonsense");

    Path back = directory.resolve("back");
    run(0, "get", cid, "-o", back.toString());
    assertArrayEquals(large, Files.readAllBytes(back.resolve("large.bin")));
    assertEquals("alpha", Files.readString(back.resolve("below/a.txt")));
    run(2, "get", cid, "-o", back.toString());
    run(5, "cat", cid + "/nothing");
  }

  @Test
  void a_function_is_deployed_called_explained_and_rolled_back() throws IOException {
    Path first = module("first.wasm", SampleModules.writes("one\n"));
    Path second = module("second.wasm", SampleModules.writes("two\n"));
    String checked = run(0, "check", first.toString(), "--json").out();
    assertEquals("command", JsonObject.parse(checked).text("abi"));
    String function = deploy(first, "greet").text("function");
    assertEquals("one\n", run(0, "call", "greet").out());
    assertEquals("", run(0, "call", "greet").err());

    String why = run(0, "why", "greet").out();
    assertTrue(why.contains("node-1") && why.contains("node-2"), why);

    assertEquals("2", deploy(second, "greet").text("version"));
    assertEquals("two\n", run(0, "call", "greet").out());
    run(0, "name", "rollback", "greet");
    JsonObject history = JsonObject.parse(run(0, "name", "history", "greet", "--json").out());
    assertEquals(function, history.text("function"));
    assertEquals("3", history.text("version"));
    assertEquals("two\n", run(0, "call", "greet@2").out());
    run(4, "functions", "rm", function);
    run(4, "name", "set", "greet", function, "--if-version", "2");
    run(0, "name", "rm", "greet");
    run(5, "call", "greet");
    run(0, "functions", "rm", function);
    run(5, "call", function);
  }

  @Test
  void a_call_runs_where_its_data_is_and_a_second_one_needs_no_run() throws Exception {
    Path folder = Files.createDirectories(directory.resolve("unseen"));
    Files.writeString(folder.resolve("note.txt"), "never seen before");
    String cid = add(folder, "node-2");
    deploy(module("copy.wasm", SampleModules.copiesFile("note.txt")), "copy");
    assertEquals("never seen before", run(0, "call", "copy", "--on", cid).out());
    JsonObject why = JsonObject.parse(run(0, "why", "copy", "--on", cid, "--json").out());
    assertEquals("node-2", why.text("chosen"));
    assertEquals(0, why.objects("candidates").getFirst().number("bytesToMove"));

    HttpResponse<String> answer = get("/on/" + cid + "/-/copy");
    assertEquals("node-2", answer.headers().firstValue("limpet-node").orElse(""));
    assertEquals("0", answer.headers().firstValue("limpet-bytes-fetched").orElse(""));
    String etag = answer.headers().firstValue("etag").orElseThrow();
    assertEquals(304, get("/on/" + cid + "/-/copy", "If-None-Match", etag).statusCode());
    String execution = answer.headers().firstValue("limpet-execution").orElseThrow();
    String explained = run(0, "why", execution).out();
    assertTrue(explained.contains("node-2") && explained.contains(cid), explained);
    assertTrue(explained.matches("(?s)(?!.*[{}]).*\nbytesOut: 17\n.*"), explained);
  }

  @Test
  void a_raw_function_finds_nothing_of_the_call_before_and_says_what_it_does_not_take()
      throws Exception {
    deploy(module("dirty.wasm", SampleModules.rawDirties()), "dirty");
    deploy(module("echo.wasm", SampleModules.raw()), "echo");
    deploy(module("wrong.wasm", SampleModules.rawAnswers(-1)), "wrong");
    String folder = add(Files.createDirectories(directory.resolve("empty")), "node-2");
    String file = add(Files.writeString(directory.resolve("raw.txt"), "as it is"), "node-2");
    for (int i = 0; i < 3; i++) {
      // On data, so that the same node runs all of them.
      assertEquals("\1\1\1\2", post("/on/" + file + "/-/dirty", new byte[] {9}).text());
    }
    assertEquals("as it is", run(0, "call", "echo", "--on", file).out());
    run(2, "call", "echo", "--on", file, "--", "argument");
    run(2, "call", "echo", "--on", folder);
    WireAnswer echoed = post("/fn/echo", new byte[] {1, 0, 2});
    assertEquals("application/octet-stream", echoed.header("Content-Type"));
    assertArrayEquals(new byte[] {1, 0, 2}, echoed.bytes());
    assertEquals("body-too-large", post("/fn/echo", new byte[TOO_MUCH]).header("Limpet-Error"));
    WireAnswer trapped = post("/fn/wrong", new byte[1]);
    assertEquals(502, trapped.status());
    assertEquals("guest-trapped", trapped.header("Limpet-Error"));
  }

  private static WireAnswer post(String target, byte[] body) {
    try (WireClient client = WireClient.connect(machine.gateway())) {
      String length = "Content-Length: " + body.length;
      return client.send(WireClient.request("POST " + target, null, length)).send(body).answer();
    }
  }

  @Test
  void a_local_run_has_the_task_clock_and_random_bytes_of_a_node() throws Exception {
    Path note = Files.writeString(directory.resolve("same.txt"), "the same on both");
    String cid = add(note, "node-1");
    Path module = module("random.wasm", SampleModules.printsClockAndRandom());
    deploy(module, "random");
    HttpResponse<String> answer = get("/on/" + cid + "/-/random?arg=x");
    RecordingTerminal local =
        run(0, "run", module.toString(), "--data", note.toString(), "--json", "--", "x");
    assertEquals(answer.body(), local.out());
    assertEquals(
        answer.headers().firstValue("limpet-task").orElseThrow(),
        JsonObject.parse(local.err()).text("task"));
  }

  @Test
  void a_node_is_drained_and_approved_and_shows_itself_on_one_screen() throws IOException {
    deploy(module("calm.wasm", SampleModules.writes("calm\n")), "calm");
    assertEquals("node-2 is draining\n", run(0, "nodes", "drain", "node-2").out());
    String why = run(0, "why", "calm").out();
    assertTrue(why.contains("takes no new calls: it drains"), why);
    assertEquals("calm\n", run(0, "call", "calm").out());
    JsonObject ready = JsonObject.parse(run(0, "nodes", "approve", "node-2", "--json").out());
    assertEquals("ready", ready.text("state"));
    run(5, "nodes", "revoke", "no-such-node");
    run(5, "nodes", "rm", "no-such-node");

    String screen = run(0, "status", "--node", "node-1").out();
    for (String line :
        List.of("node      node-1", "gateway   http", ", ready", "holds", "sent", "memo      ")) {
      assertTrue(screen.contains(line), screen);
    }
    assertTrue(run(0, "status").out().matches("(?s).*\nmemo       \\d+ hits?, \\d+ miss.*"));
    assertEquals(
        Set.of("hits", "misses", "entries", "bytes"),
        JsonObject.parse(run(0, "status", "--json").out()).object("memo").fields().keySet());
    JsonObject json = JsonObject.parse(run(0, "status", "--node", "node-1", "--json").out());
    assertEquals("node-1", json.text("name"));
  }

  @Test
  void a_command_that_is_deployed_as_http_writes_its_own_head() throws IOException {
    Path module = module("head.wasm", SampleModules.writes("Content-Type: text/csv\n\na,b\n"));
    run(0, "deploy", module.toString(), "--name", "head", "--abi", "http");
    assertEquals("a,b\n", run(0, "call", "head").out());
  }

  @Test
  void what_is_not_there_is_exit_code_5_and_what_fails_exit_code_1() throws IOException {
    run(5, "call", "no-such-function");
    run(5, "cat", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
    run(5, "add", directory.resolve("no-such-file").toString(), "--node", "node-1");
    run(4, "deploy", module("broken.wasm", new byte[] {0, 1, 2}).toString());

    deploy(module("trap.wasm", SampleModules.traps()), "trap");
    RecordingTerminal failed = run(1, "call", "trap");
    assertEquals("", failed.out());
    assertTrue(failed.err().contains("[guest-trapped]"), failed.err());

    deploy(module("refuse.wasm", SampleModules.exitsWith(64)), "refuse");
    run(2, "call", "refuse");

    deploy(module("cut.wasm", SampleModules.writesThenTraps(1 << 20)), "cut");
    RecordingTerminal cut = run(1, "call", "cut");
    assertTrue(cut.err().contains("[answer-cut]"), cut.err());
    assertTrue(cut.out().startsWith("xxx"), "the bytes that came are there");
  }

  @Test
  void what_a_function_wrote_is_shown_by_the_call_by_its_execution_and_by_its_name()
      throws IOException {
    Path csv = Path.of("../functions-examples/csv/csv.wasm");
    deploy(csv, "logged");
    JsonObject failed = JsonObject.parse(run(2, "call", "logged", "--json", "--", "no").out());
    assertEquals(64, failed.number("exitCode"));
    String execution = failed.text("execution");
    String log = run(0, "logs", execution).out();
    assertTrue(log.startsWith(failed.text("log")), log);
    assertTrue(log.endsWith("[bad-arguments]\n"), log);
    JsonObject listed = JsonObject.parse(run(0, "logs", "logged", "--json").out());
    assertEquals(execution, listed.text("execution"));
    assertTrue(listed.text("node").startsWith("node-"), listed.fields()::toString);
    assertEquals(failed.text("log"), listed.text("text"));
    run(5, "logs", "no-such-function");
    run(5, "logs", "x-aaaaaaaaaaaaaaaaaaaaaaaaaa");
  }

  @Test
  void pins_come_and_go() throws IOException {
    String cid = add(Files.writeString(directory.resolve("pinned.txt"), "pinned"), "node-1");
    run(0, "pin", cid, "--node", "node-1");
    assertEquals("pinned", run(0, "cat", cid).out());
    run(0, "unpin", cid, "--node", "node-1");
    await().atMost(SETTLE).until(() -> terminal().run("cat", cid) == 5);
    run(5, "unpin", cid, "--node", "node-1");
  }

  @Test
  @Tag("long")
  void what_a_node_acknowledged_survives_kill_9_in_the_middle_of_more() throws IOException {
    List<String> acknowledged = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> adding =
        CompletableFuture.runAsync(() -> addUntilRefused(acknowledged), Thread::startVirtualThread);
    await().atMost(SETTLE).until(() -> acknowledged.size() >= ACKNOWLEDGED);
    awaitJoinedAgain(LOG, "node-1", () -> kill(1));
    adding.join();
    for (String cid : acknowledged) { // at once, whatever the node has announced and shown by now
      assertTrue(run(0, "cat", cid).out().startsWith("file "), cid);
    }
  }

  private static void addUntilRefused(List<String> acknowledged) {
    for (int i = 0; i < 10_000; i++) {
      RecordingTerminal terminal = terminal();
      Path file = directory.resolve("more-" + i);
      try {
        Files.writeString(file, "file " + i);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      String node = machine.node(1).toString();
      if (terminal.run("add", file.toString(), "--node", node, "--json") != 0) {
        return;
      }
      acknowledged.add(JsonObject.parse(terminal.out()).text("cid"));
    }
  }

  @Test
  @Tag("long")
  void what_the_gateway_acknowledged_survives_kill_9_in_the_middle_of_more() throws IOException {
    List<String> acknowledged = new CopyOnWriteArrayList<>();
    CompletableFuture<Void> deploying =
        CompletableFuture.runAsync(
            () -> deployUntilRefused(acknowledged), Thread::startVirtualThread);
    await().atMost(SETTLE).until(() -> acknowledged.size() >= ACKNOWLEDGED);
    kill(0);
    deploying.join();
    for (int i = 0; i < acknowledged.size(); i++) {
      String name = "kept-" + i;
      String kept = "kept " + i;
      awaitOutput(machine.gateway(), kept::equals, "call", name);
      JsonObject history = JsonObject.parse(run(0, "name", "history", name, "--json").out());
      assertEquals(acknowledged.get(i), history.text("function"));
    }
    awaitReady(machine.gateway(), 2); // whatever comes next finds both
  }

  private static void deployUntilRefused(List<String> acknowledged) {
    for (int i = 0; i < 10_000; i++) {
      RecordingTerminal terminal = terminal();
      Path file = module("kept-" + i + ".wasm", SampleModules.writes("kept " + i));
      if (terminal.run("deploy", file.toString(), "--name", "kept-" + i, "--json") != 0) {
        return;
      }
      acknowledged.add(JsonObject.parse(terminal.out()).text("function"));
    }
  }

  @Test
  @Tag("long")
  void a_holder_that_is_away_is_named_and_one_that_comes_back_answers() throws Exception {
    String cid = add(Files.writeString(directory.resolve("away.txt"), "back again"), "node-2");
    machine.stopNode(2);
    await().atMost(SETTLE).until(() -> get("/ipfs/" + cid).statusCode() == 503);
    RecordingTerminal away = run(3, "cat", cid);
    assertTrue(away.err().contains("[holders-offline]"), away.err());
    assertTrue(away.err().contains("node-2"), away.err());
    machine.restartNode(2);
    awaitOutput(machine.gateway(), "back again"::equals, "cat", cid);
  }

  @Test
  @Tag("long")
  void a_node_that_is_told_to_stop_lets_running_calls_end() throws Exception {
    String cid = add(Files.writeString(directory.resolve("slow.txt"), "slow"), "node-2");
    deploy(module("spin.wasm", SampleModules.loopsForever()), "spin");
    String target = "/on/" + cid + "/-/spin";
    String[] bounds = {"Limpet-Timeout", "3s", "Limpet-Max-Fetch", "0"};
    await().atMost(SETTLE).until(() -> sendAsync(target, bounds).join().statusCode() == 504);
    CompletableFuture<HttpResponse<String>> running = sendAsync(target, bounds); // it is compiled
    await().atMost(SETTLE).until(() -> isRunningSomething(2) || running.isDone());
    machine.stopNode(2);
    HttpResponse<String> answer = running.join();
    machine.restartNode(2);
    assertEquals(504, answer.statusCode(), answer.body());
    await().atMost(SETTLE).until(() -> terminal().run("cat", cid) == 0);
  }

  private static boolean isRunningSomething(int node) {
    WireAnswer asked = WireClient.ask(machine.node(node), WireClient.request("GET /v1/node", null));
    return asked.text().contains("\"running\":1");
  }

  @Test
  void the_screens_show_the_nodes() {
    for (String command : List.of("status", "doctor")) {
      String screen = run(0, command).out();
      assertTrue(screen.contains("node-1") && screen.contains("node-2"), screen);
    }
    List<String> lines = run(0, "nodes", "list", "--json").out().lines().toList();
    assertEquals(2, lines.size());
    for (String line : lines) {
      var fields = JsonObject.parse(line).fields().keySet();
      assertTrue(
          fields.containsAll(List.of("name", "url", "peerId", "state", "roots", "bytes")), line);
    }
  }

  /** Kill -9 of the gateway (0) or a node; it is started again by itself. */
  private static void kill(int process) {
    long killed = machine.pids().get(process);
    assertTrue(ProcessHandle.of(killed).orElseThrow().destroyForcibly());
    await().atMost(SETTLE).until(() -> machine.pids().get(process) != killed);
  }

  private static String add(Path path, String node) {
    RecordingTerminal added = run(0, "add", path.toString(), "--node", node, "--json");
    JsonObject line = JsonObject.parse(added.out());
    List<String> promised = List.of("path", "cid", "size", "dagSize", "node");
    assertTrue(line.fields().keySet().containsAll(promised), added.out());
    assertEquals(node, line.text("node"));
    return line.text("cid");
  }

  private static JsonObject deploy(Path module, String name) {
    JsonObject deployed =
        JsonObject.parse(run(0, "deploy", module.toString(), "--name", name, "--json").out());
    List<String> promised = List.of("function", "module", "name", "version");
    assertTrue(deployed.fields().keySet().containsAll(promised), deployed.fields().toString());
    return deployed;
  }

  private static Path module(String file, byte[] bytes) {
    try {
      return Files.write(directory.resolve(file), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HttpResponse<String> get(String target, String... headers) throws Exception {
    return sendAsync(target, headers).get();
  }

  private static CompletableFuture<HttpResponse<String>> sendAsync(
      String target, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(machine.gateway() + target)).GET();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CompletableFuture.supplyAsync(
        () -> {
          try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofString());
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }

  /** Runs a command and checks its exit code; what the servers logged helps to see why not. */
  private static RecordingTerminal run(int exit, String... arguments) {
    RecordingTerminal terminal = terminal();
    List<String> log = new ArrayList<>(LOG.subList(Math.max(0, LOG.size() - 10), LOG.size()));
    assertEquals(
        exit,
        terminal.run(arguments),
        () -> String.join(" ", arguments) + ": " + terminal.out() + terminal.err() + log);
    return terminal;
  }

  private static RecordingTerminal terminal() {
    return new RecordingTerminal(Map.of("LIMPET_GATEWAY", machine.gateway().toString()));
  }
}
