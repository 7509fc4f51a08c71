package dev.limpet.cli;

import static dev.limpet.cli.MainTest.NOBODY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.command.LimpetCommand;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What a script sees of a command: its exit code, and with {@code --json} an object. */
class EveryExitCodeTest {
  private static final String PAGE = "{\"items\":[]}";
  private static final String CID = "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am";

  @TempDir private Path folder = Path.of("");

  /** A command, the answer of its gateway, and how it ends. */
  record Case(int exit, String code, int status, List<String> command) {}

  static Stream<Case> cases() {
    List<String> call = List.of("call", "f");
    List<String> list = List.of("name", "list");
    return Stream.of(
        new Case(0, "", 200, list),
        new Case(0, "", 200, call),
        new Case(1, "guest-failed", 502, call),
        new Case(1, "out-of-fuel", 504, call),
        new Case(2, "bad-arguments", 400, call),
        new Case(2, "bad-usage", 0, List.of("call", "f", "--no-such-option")),
        new Case(3, "holders-offline", 503, call),
        new Case(3, "unreachable", 0, list),
        new Case(4, "unauthorized", 401, list),
        new Case(4, "would-move", 409, call),
        new Case(5, "name-not-found", 404, call),
        new Case(6, "overloaded", 429, call),
        new Case(6, "compiling", 503, call),
        new Case(6, "out-of-time", 504, call),
        new Case(70, "internal", 500, list));
  }

  private static void answer(WireExchange exchange, Case one) throws IOException {
    if (one.status == 200) {
      exchange.answer(200, PAGE, "Content-Type: application/json");
    } else {
      exchange.answer(
          one.status,
          "{\"type\":\"urn:limpet:error:%s\",\"title\":\"t\",\"status\":%d,\"code\":\"%s\",\"detail\":\"d\"}"
              .formatted(one.code, one.status, one.code),
          "Content-Type: application/problem+json",
          "Limpet-Error: " + one.code);
    }
  }

  private static RecordingTerminal run(Case one, String... more) {
    RecordingTerminal terminal = new RecordingTerminal();
    List<String> words = new ArrayList<>(one.command);
    words.addAll(List.of(more));
    if (one.status == 0) {
      words.add("--gateway=" + NOBODY);
      assertEquals(one.exit, terminal.run(words.toArray(String[]::new)), terminal.err());
      return terminal;
    }
    try (WireServer gateway = WireServer.start(exchange -> answer(exchange, one))) {
      words.add("--gateway=" + gateway.url());
      assertEquals(one.exit, terminal.run(words.toArray(String[]::new)), terminal.err());
    }
    return terminal;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void a_failure_is_one_line_on_standard_error_and_its_exit_code(Case one) {
    RecordingTerminal plain = run(one);
    if (one.exit != 0) {
      assertEquals("", plain.out());
      assertEquals(1, plain.err().lines().count(), plain.err());
      assertTrue(plain.err().endsWith("[" + one.code + "]\n"), plain.err());
      JsonObject json = JsonObject.parse(run(one, "--json").out());
      assertEquals(one.code, json.text("code"));
      assertTrue(json.fields().keySet().containsAll(List.of("title", "detail", "status")));
    }
  }

  @Test
  void every_exit_code_is_shown_here() {
    // That of a sick node is in SickNodeTest.
    Set<Integer> shown =
        new TreeSet<>(Set.of(ExitCode.INTERRUPTED.number(), ExitCode.SICK.number()));
    cases().forEach(one -> shown.add(one.exit));
    Set<Integer> all = new TreeSet<>();
    Arrays.stream(ExitCode.values()).forEach(code -> all.add(code.number()));
    assertEquals(all, shown);
  }

  @Test
  void a_command_that_is_interrupted_ends_with_130() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Void> over = new CompletableFuture<>();
    AtomicInteger exit = new AtomicInteger(-1);
    WireServer.Script silent =
        _ -> {
          asked.countDown();
          over.join();
        };
    try (WireServer gateway = WireServer.start(silent)) {
      RecordingTerminal terminal = new RecordingTerminal();
      Thread command =
          Thread.ofPlatform()
              .start(() -> exit.set(terminal.run("name", "list", "--gateway=" + gateway.url())));
      asked.await();
      command.interrupt();
      command.join();
      over.complete(null);
      assertEquals(130, exit.get(), terminal.err());
      assertTrue(terminal.err().contains("[interrupted]"), terminal.err());
    }
  }

  /** Commands that ask a server, with words for their arguments. */
  private Map<String, List<String>> asking() throws IOException {
    Path module = Files.write(folder.resolve("m.wasm"), SampleModules.hello());
    CommandLine root =
        new CommandLine(
            LimpetCommand.class,
            new CommandFactory(new Session(new RecordingTerminal().terminal())));
    Map<String, List<String>> all = new TreeMap<>();
    collect(root, module, all);
    return all;
  }

  private static void collect(CommandLine line, Path module, Map<String, List<String>> all) {
    CommandSpec command = line.getCommandSpec();
    // The doctor is there for machines on which something is missing.
    boolean asks = command.findOption("--token-file") != null && !command.name().equals("doctor");
    if (asks && command.findOption("--json") != null) {
      List<String> words = new ArrayList<>(List.of(command.qualifiedName().split(" ")));
      words.removeFirst();
      for (PositionalParamSpec each : command.positionalParameters()) {
        if (each.arity().min() > 0 || each.required()) {
          String label = each.paramLabel();
          boolean file =
              label.contains("FILE") || Arrays.asList(each.auxiliaryTypes()).contains(Path.class);
          words.add(
              file
                  ? module.toString()
                  : label.contains("CID") || label.equals("RECEIPT") ? CID : "name");
        }
      }
      command.options().stream()
          .filter(option -> option.required())
          .forEach(option -> words.add(option.longestName() + "=" + module + ".new"));
      if (command.name().equals("evidence")) {
        words.add("--since=7d"); // needed unless one Execution is named
      }
      all.put(command.qualifiedName(), words);
    }
    line.getSubcommands().values().forEach(each -> collect(each, module, all));
  }

  @Test
  void every_command_that_asks_a_server_says_in_json_that_none_is_there() throws IOException {
    Map<String, List<String>> all = asking();
    assertTrue(all.size() > 15, all::toString);
    for (Map.Entry<String, List<String>> each : all.entrySet()) {
      List<String> words = new ArrayList<>(each.getValue());
      words.addAll(List.of("--json", "--gateway=" + NOBODY));
      RecordingTerminal terminal =
          new RecordingTerminal(Map.of("LIMPET_NODE", NOBODY, "NO_COLOR", "1"));
      assertEquals(3, terminal.run(words.toArray(String[]::new)), each + " " + terminal.err());
      JsonObject json = JsonObject.parse(terminal.out().lines().toList().getLast());
      assertEquals("unreachable", json.text("code"), each.getKey());
    }
  }

  @Test
  void no_command_writes_codes_for_colours_whatever_the_terminal_is() throws IOException {
    for (Map<String, String> environment :
        List.of(
            Map.of("NO_COLOR", "1", "LIMPET_STDERR_TTY", "1", "TERM", "xterm-256color"),
            Map.of("LIMPET_STDERR_TTY", "1", "TERM", "xterm-256color"))) {
      RecordingTerminal terminal = new RecordingTerminal(environment);
      try (WireServer gateway =
          WireServer.start(
              exchange -> exchange.answer(200, PAGE, "Content-Type: application/json"))) {
        terminal.run("nodes", "list", "--gateway=" + gateway.url());
        terminal.run("call", "f", "--gateway=" + gateway.url());
        terminal.run(
            "get", CID, "--gateway=" + gateway.url(), "-o", folder.resolve("x").toString());
      }
      String all = terminal.out() + terminal.err();
      assertTrue(all.matches("(?s)[^\u001b]*(\u001b\\[K[^\u001b]*)*"), all);
    }
  }
}
