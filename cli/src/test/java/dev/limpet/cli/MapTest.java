package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.testkit.wire.WireClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sums of many small files by way of their groups, with a gateway and a node that count runs. */
@Timeout(600)
class MapTest {
  private static final Pattern RUNS = Pattern.compile("limpet_node_memo_misses(?:_total)? (\\d+)");

  @TempDir private Path folder = Path.of("");

  /** Runs of functions that a node counted, and what a command did. */
  private record Ran(long runs, String out, JsonObject report) {
    long ran(String kind) {
      return report.object(kind).number("ran");
    }

    long fromMemo(String kind) {
      return report.object(kind).number("fromMemo");
    }
  }

  private static String run(GatewayAndNode machine, String... arguments) {
    RecordingTerminal terminal = terminal(machine);
    assertEquals(0, terminal.run(arguments), terminal.err());
    return terminal.out();
  }

  private static RecordingTerminal terminal(GatewayAndNode machine) {
    return new RecordingTerminal(
        Map.of(
            "LIMPET_GATEWAY", machine.gateway().url().toString(),
            "LIMPET_NODE", machine.node().url().toString()));
  }

  private static long runs(GatewayAndNode machine) throws IOException {
    String page =
        WireClient.ask(machine.node().url(), WireClient.request("GET /metrics", null)).text();
    Matcher counted = RUNS.matcher(page);
    assertTrue(counted.find(), page);
    return Long.parseLong(counted.group(1));
  }

  /** Adds up the files: {@code csv} answers a table like the one that it read. */
  private Ran sum(GatewayAndNode machine, Path data) throws IOException {
    String cid = JsonObject.parse(run(machine, "add", data.toString(), "--json")).text("cid");
    long before = runs(machine);
    RecordingTerminal terminal = terminal(machine);
    int exit =
        terminal.run(
            "map",
            "csv",
            "--on",
            cid,
            "--reduce",
            "csv",
            "--reduce-arg",
            "sum=1",
            "--json",
            "--",
            "sum=1");
    assertEquals(0, exit, terminal.err());
    return new Ran(runs(machine) - before, terminal.out(), JsonObject.parse(terminal.err()));
  }

  private Path numbers(int count) throws IOException {
    Path data = Files.createDirectory(folder.resolve("numbers"));
    for (int number = 1; number <= count; number++) {
      Files.writeString(data.resolve("%05d.csv".formatted(number)), "n\n" + number + "\n");
    }
    return data;
  }

  private GatewayAndNode start() {
    GatewayAndNode machine = GatewayAndNode.start(folder);
    Path root = Path.of(System.getProperty("limpet.root", ".."));
    String csv = root.resolve("functions-examples/csv/csv.wasm").toString();
    run(machine, "deploy", csv, "--name", "csv");
    return machine;
  }

  /** Each sum has its name from what was summed. */
  private static String heading(int levels) {
    return "sum_".repeat(1 + levels) + "n\n";
  }

  private void assertOnlyWhatChangedRuns(int entries, int levels) throws IOException {
    Path data = numbers(entries);
    long sum = (long) entries * (entries + 1) / 2;
    try (GatewayAndNode machine = start()) {
      Ran first = sum(machine, data);
      assertEquals(heading(levels) + sum + "\n", first.out);
      assertEquals(entries, first.ran("map"));
      assertEquals(levels, first.report.number("levels"));
      assertEquals(entries + first.ran("reduce"), first.runs);

      Ran again = sum(machine, data);
      assertEquals(first.out, again.out);
      assertEquals(0, again.runs);
      assertEquals(first.ran("reduce"), again.fromMemo("reduce"));
      assertEquals(0, again.report.number("sentBytes"));

      Files.writeString(data.resolve("00500.csv"), "n\n1000500\n");
      Ran changed = sum(machine, data);
      assertEquals(heading(levels) + (sum + 1_000_000) + "\n", changed.out);
      assertEquals(1, changed.ran("map"));
      assertEquals(entries - 1, changed.fromMemo("map"));
      assertEquals(levels, changed.ran("reduce"));
      assertEquals(first.ran("reduce") - levels, changed.fromMemo("reduce"));
      assertEquals(1 + levels, changed.runs);
      for (Ran each : new Ran[] {first, again, changed}) {
        System.out.println(entries + " entries: " + each.report.fields());
      }
    }
  }

  @Test
  void who_takes_a_file_for_a_directory_is_told_what_it_is_and_what_to_do() throws IOException {
    try (GatewayAndNode machine = GatewayAndNode.start(folder)) {
      Path note = Files.writeString(folder.resolve("note.txt"), "alpha");
      String file = JsonObject.parse(run(machine, "add", note.toString(), "--json")).text("cid");
      RecordingTerminal mapped = terminal(machine);
      assertEquals(2, mapped.run("map", "csv", "--on", file, "--reduce", "csv"));
      String said = file + " is a file, not a directory: ";
      String call = "limpet call csv --on " + file + " calls on it";
      assertTrue(mapped.err().contains(said + call), mapped::err);
      RecordingTerminal listed = terminal(machine);
      assertEquals(2, listed.run("ls", file));
      assertTrue(listed.err().contains(said + "limpet cat " + file + " writes"), listed::err);
      assertEquals(5, terminal(machine).run("ls", file + "/nothing"));
    }
  }

  @Test
  @Tag("long")
  void of_a_thousand_files_one_that_changed_runs_and_the_reductions_above_it() throws IOException {
    assertOnlyWhatChangedRuns(1000, 2);
  }

  @Test
  @Tag("nightly")
  void of_ten_thousand_files_one_that_changed_runs_and_the_reductions_above_it()
      throws IOException {
    assertOnlyWhatChangedRuns(10_000, 3);
  }
}
