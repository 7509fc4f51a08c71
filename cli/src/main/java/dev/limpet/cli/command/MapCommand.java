package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.Directories;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.WholeCall;
import dev.limpet.cli.map.Entry;
import dev.limpet.cli.map.MapReduce;
import dev.limpet.cli.map.Tally;
import dev.limpet.cli.map.Work;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Escape;
import dev.limpet.content.unixfs.ImportedRoot;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet map}: the last answer on standard output, what ran on standard error. */
@Command(
    name = "map",
    description = {
      "Call a function on each entry of a directory, and another on the answers.",
      "",
      "The second function is called on directories of up to 64 answers, then on directories of its"
          + " own answers, until one is left; so it must read what it writes. Each call is kept as"
          + " any other: the next time only what has changed runs, and what is above it.",
      "Answers that no node has yet go to a node as 'limpet add' would send them."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet map wordcount --on bafybei... --reduce addup",
      "  limpet map csv --on bafybei... --reduce sql --reduce-arg --format=csv \\",
      "    --reduce-arg 'SELECT carrier, sum(count) AS count FROM data GROUP BY 1' \\",
      "    -- by=carrier count"
    })
public final class MapCommand implements Callable<Integer> {
  /** Calls at a time: as many as many nodes take, and what a gateway grants one caller. */
  static final int MAX_PARALLEL = 192;

  /** What an answer may be on its way beyond the time of its call. */
  private static final Duration ANSWER_TIME = Duration.ofSeconds(30);

  private final Session session;

  @Mixin private DataOptions options = new DataOptions();

  @Parameters(index = "0", paramLabel = "FUNCTION", description = "NAME, NAME@VERSION or a CID.")
  private String function = "";

  @Parameters(index = "1..*", paramLabel = "ARG", description = "Its arguments, after --.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--on",
      paramLabel = "CID[/PATH]",
      required = true,
      description = "The directory; the function sees each entry of it as /data.")
  private String directory = "";

  @Option(
      names = "--reduce",
      paramLabel = "FUNCTION",
      required = true,
      description = "Called on answers: /data is a directory of them, named as their entries.")
  private String reduce = "";

  @Option(
      names = "--reduce-arg",
      paramLabel = "ARG",
      description = "An argument of that function; as often as needed.")
  private List<String> reduceArguments = new ArrayList<>();

  @Option(
      names = "--ending",
      paramLabel = "TEXT",
      description = "What the names of answers get, such as .csv, where entries are called else.")
  private String ending = "";

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "8",
      description = "Calls at a time (default: ${DEFAULT-VALUE}).")
  private int parallel;

  @Mixin private CallBounds bounds = new CallBounds();

  MapCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    requireUsable();
    ServerClient gateway = session.gateway(options.server());
    List<Entry> entries = entries(gateway);
    MapReduce run =
        new MapReduce(
            new MapReduce.Servers(
                calls(gateway), options.choose(session).client(), session.terminal()),
            new MapReduce.Plan(
                new Work(function, arguments),
                new Work(reduce, reduceArguments),
                ending,
                parallel));
    byte[] answer;
    try {
      answer = run.run(entries);
    } finally {
      tell(run, entries.size());
    }
    print(answer);
    return ExitCode.DONE.number();
  }

  /** The gateway keeps to the time of a call; its answer may be as long on its way. */
  private WholeCall calls(ServerClient gateway) {
    Map<String, String> headers = new LinkedHashMap<>();
    bounds.addTo(headers);
    Duration longest = WholeCall.MAX_CALL_TIME;
    return bounds.isTimed()
        ? new WholeCall(gateway, headers, bounds.wall(longest).plus(ANSWER_TIME))
        : new WholeCall(gateway, headers, longest);
  }

  /** Wrong usage is told before anything is called. */
  private void requireUsable() {
    if (parallel < 1 || parallel > MAX_PARALLEL) {
      throw CliException.usage("--parallel is a number from 1 to " + MAX_PARALLEL);
    }
    if (ending.contains("/")) {
      throw CliException.usage("--ending is the end of a name, and has no slash");
    }
  }

  private List<Entry> entries(ServerClient gateway) {
    List<JsonObject> listed =
        Directories.entries(
            gateway, directory, "limpet call " + function + " --on " + directory + " calls on it");
    if (listed.isEmpty()) {
      throw CliException.usage(directory + " is an empty directory: there is nothing to map");
    }
    if (listed.size() > MapReduce.MAX_MAP_ENTRIES) {
      throw CliException.usage(
          directory
              + " has "
              + listed.size()
              + " entries, and at most "
              + MapReduce.MAX_MAP_ENTRIES
              + " are mapped: map the directories in it");
    }
    return listed.stream().map(item -> new Entry(item.text("name"), item.text("cid"))).toList();
  }

  private void print(byte[] answer) {
    try (OutputStream out = session.terminal().out()) {
      out.write(answer);
    } catch (IOException e) {
      throw new UncheckedIOException("standard output throws its own", e);
    }
  }

  private void tell(MapReduce run, int entries) {
    if (options.server().json()) {
      session.terminal().jsonNote(report(run, entries));
      return;
    }
    run.failures()
        .forEach(
            (name, failure) ->
                session
                    .terminal()
                    .note(
                        Escape.oneLine(name)
                            + ": "
                            + Escape.oneLine(failure.detail())
                            + " ["
                            + Escape.oneLine(failure.code())
                            + "]"));
    session
        .terminal()
        .note((entries == 1 ? "1 entry: " : entries + " entries: ") + line(run.mapped()));
    String levels = Amounts.count(run.levels(), "level");
    session
        .terminal()
        .note(
            "reduced in "
                + levels
                + ": "
                + line(run.reduced())
                + ", "
                + Amounts.bytes(sent(run))
                + " sent");
  }

  private static long sent(MapReduce run) {
    return run.kept().stream().mapToLong(ImportedRoot::dagSize).sum();
  }

  private static String line(Tally tally) {
    return tally.ran()
        + " ran, "
        + tally.fromMemo()
        + " from the memo, "
        + Amounts.bytes(tally.bytes())
        + " of answers, "
        + Amounts.millis(tally.millis());
  }

  private Map<String, Object> report(MapReduce run, int entries) {
    Map<String, Object> failed = new LinkedHashMap<>();
    run.failures().forEach((name, failure) -> failed.put(name, failure.toJson()));
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("entries", entries);
    report.put("map", run.mapped().toJson());
    report.put("reduce", run.reduced().toJson());
    report.put("levels", run.levels());
    report.put("sentBytes", sent(run));
    report.put("kept", run.kept().stream().map(root -> root.cid().toString()).toList());
    report.put("failed", failed);
    return report;
  }
}
