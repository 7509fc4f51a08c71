package dev.limpet.cli.command;

import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Table;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code limpet nodes …}. */
@Command(
    name = "nodes",
    description = "The nodes that the gateway knows.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet nodes list"})
public final class NodesCommand extends CommandGroup {
  private final Session session;

  NodesCommand(Session session) {
    this.session = session;
  }

  /** Lists them: name, state, what they hold. */
  @Command(
      name = "list",
      description = "Name, state and holdings of each node.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet nodes list --json"})
  int list(@Mixin ServerOptions options) {
    List<JsonObject> nodes = session.gateway(options).list("/v1/nodes");
    if (options.json()) {
      nodes.forEach(node -> session.terminal().json(node.fields()));
      return 0;
    }
    Table table = new Table("NAME", "STATE", "ROOTS", "HOLDS", "RUNNING", "URL");
    for (JsonObject node : nodes) {
      String holds = Amounts.bytes(Math.max(0, node.number("bytes")));
      table.row(
          node.text("name"),
          node.text("state"),
          node.text("roots"),
          holds,
          node.text("running"),
          node.text("url"));
    }
    table.print(session.terminal());
    return 0;
  }
}
