package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.StreamedAnswer;
import dev.limpet.cli.client.Targets;
import java.nio.file.Path;
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

/** {@code limpet sql}: a question to the function that is built in, and its answer. */
@Command(
    name = "sql",
    description = {
      "Ask a question in SQL over a CSV file, a folder of them or a SQLite database, where it is.",
      "The table of a file is called data; docs/SQL.md says the rest."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet sql 'SELECT carrier, avg(arr_delay) FROM data GROUP BY 1' --on bafybei...",
      "  limpet sql 'SELECT count(*) FROM data' --data ./2013-01.csv",
      "  limpet sql 'SELECT * FROM data LIMIT 3' --on bafybei.../2013-01.csv",
      "  limpet sql 'SELECT name FROM sqlite_schema' --on bafybei.../shop.db --format csv"
    })
public final class SqlCommand implements Callable<Integer> {
  /** Only --timeout and the function's own limit end a question here sooner. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final String LINES = "lines";
  private static final List<String> FORMATS = List.of("table", "csv", "json", LINES);

  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(index = "0", paramLabel = "QUERY", description = "One statement that only reads.")
  private String query = "";

  @Option(
      names = "--on",
      paramLabel = "CID[/PATH]",
      description = "The data; again for the tables data1, data2 and so on.")
  private List<String> data = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = "Instead: a file or directory here, which is asked without servers.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "table, csv, json or lines, an object a line (default: table on a terminal, else csv;"
              + " lines with --json).")
  private String format = "";

  @Mixin private CallOptions bounds = new CallOptions();

  SqlCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String arguments =
        "arg=" + Targets.query("--format=" + format()) + "&arg=" + Targets.query(query);
    if (!files.isEmpty()) {
      return here(arguments);
    }
    ServerClient gateway = session.gateway(options);
    Map<String, String> headers = new LinkedHashMap<>();
    bounds.addTo(headers);
    String target = target(arguments);
    StreamedAnswer answer =
        new ReadyFunction(session.terminal(), !bounds.isTimed())
            .ask(() -> gateway.streamed("GET", target, headers, null));
    return bounds.printed(session.terminal()).print(answer);
  }

  private String format() {
    if (!format.isEmpty() && !FORMATS.contains(format)) {
      throw CliException.usage("--format is one of: " + String.join(", ", FORMATS));
    }
    if (options.json()) {
      if (!format.isEmpty() && !format.equals(LINES)) {
        throw CliException.usage("--json means one object a line; leave out --format " + format);
      }
      return LINES;
    }
    if (format.isEmpty()) {
      return session.terminal().isAnswerWatched() ? "table" : "csv";
    }
    return format;
  }

  private String target(String arguments) {
    StringBuilder target = new StringBuilder(Targets.called(data)).append("sql?").append(arguments);
    Targets.further(data).forEach(further -> target.append('&').append(further));
    return target.toString();
  }

  private int here(String arguments) {
    if (!data.isEmpty()) {
      throw CliException.usage("--data is asked here and --on where it is: leave one of them out");
    }
    return new LocalQuestion(session.terminal(), arguments, bounds.wall(LONGEST)).ask(files);
  }
}
