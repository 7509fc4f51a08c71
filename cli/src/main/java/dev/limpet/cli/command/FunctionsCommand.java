package dev.limpet.cli.command;

import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.Targets;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Table;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code limpet functions …}. */
@Command(
    name = "functions",
    description = "The functions that the gateway keeps.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet functions list"})
public final class FunctionsCommand extends CommandGroup {
  private final Session session;

  FunctionsCommand(Session session) {
    this.session = session;
  }

  /** Lists them with their names. */
  @Command(
      name = "list",
      description = "CID, size and names of each function.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet functions list --json"})
  int list(@Mixin ServerOptions options) {
    List<JsonObject> functions = session.gateway(options).list("/v1/functions");
    if (options.json()) {
      functions.forEach(function -> session.terminal().json(function.fields()));
      return 0;
    }
    Table table = new Table("FUNCTION", "NAMES", "ABI", "SIZE", "DEPLOYED");
    for (JsonObject function : functions) {
      table.row(
          function.text("function"),
          String.join(",", function.texts("names")),
          function.text("abi"),
          Amounts.bytes(Math.max(0, function.number("size"))),
          function.text("builtIn").equals("true") ? "built in" : function.text("createdAt"));
    }
    table.print(session.terminal());
    return 0;
  }

  /** Removes one that no name points at. */
  @Command(
      name = "rm",
      description = "Remove a function that no name points at.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet functions rm bafyrei..."})
  int remove(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "CID", description = "The function's CID.") String cid) {
    session.gateway(options).send("DELETE", "/v1/functions/" + Targets.segment(cid), "");
    if (options.json()) {
      session.terminal().json(Map.of("function", cid, "removed", true));
    } else {
      session.terminal().line("removed " + cid);
    }
    return 0;
  }
}
