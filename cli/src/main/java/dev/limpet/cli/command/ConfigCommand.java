package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.Session;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Table;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.config.Config;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet config …}. */
@Command(
    name = "config",
    description = "What a gateway or a node would be told at its start.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet config show node --config node.conf"})
public final class ConfigCommand extends CommandGroup {
  private final Session session;

  ConfigCommand(Session session) {
    this.session = session;
  }

  /** Where the values come from, as for the process itself. */
  static final class Source {
    @Parameters(
        paramLabel = "PROCESS",
        description = "gateway or node",
        completionCandidates = Candidates.Processes.class)
    private String process = "";

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "Its configuration, 'key = value' a line.")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting; wins.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--json", description = "One object a line: key, value, origin.")
    private boolean json;

    private Config load() {
      return ServerProcess.configure(
          () ->
              switch (process) {
                case "gateway" -> GatewayConfig.load(file, System.getenv(), settings).shown();
                case "node" -> NodeConfig.load(file, System.getenv(), settings).shown();
                default -> throw CliException.usage("name gateway or node, not '" + process + "'");
              });
    }
  }

  /** Prints every key. */
  @Command(
      name = "show",
      description = "Every setting of PROCESS, its value and where that comes from.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet config show gateway --json"})
  int show(@Mixin Source source) {
    List<Config.Shown> all = source.load().shown();
    if (source.json) {
      all.forEach(line -> session.terminal().json(fields(line)));
      return 0;
    }
    Table table = new Table("KEY", "VALUE", "FROM");
    all.forEach(line -> table.row(line.key(), line.value(), line.origin()));
    table.print(session.terminal());
    return 0;
  }

  private static Map<String, Object> fields(Config.Shown line) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", line.key());
    fields.put("value", line.value());
    fields.put("origin", line.origin());
    return fields;
  }

  /** Says whether the process would start with it. */
  @Command(
      name = "check",
      description = "Whether PROCESS would accept the configuration; exit code 2 when not.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet config check node --config node.conf"})
  int check(@Mixin Source source) {
    long set =
        source.load().shown().stream()
            .filter(line -> !line.origin().equals("default") && !line.origin().equals("not set"))
            .count();
    if (source.json) {
      session.terminal().json(Map.of("process", source.process, "ok", true, "set", set));
    } else {
      session.terminal().line("ok: " + Amounts.count(set, "setting") + ", the rest are defaults");
    }
    return 0;
  }
}
