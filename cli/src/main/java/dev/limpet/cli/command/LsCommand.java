package dev.limpet.cli.command;

import dev.limpet.cli.Session;
import dev.limpet.cli.client.Directories;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code limpet ls}: what a directory holds. */
@Command(
    name = "ls",
    description = "The entries of a directory.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet ls bafybei..."})
public final class LsCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ReadOptions options = new ReadOptions();

  @Parameters(paramLabel = "CID[/PATH]", description = "The directory.")
  private String data = "";

  LsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<JsonObject> entries =
        Directories.entries(
            options.choose(session), data, "limpet cat " + data + " writes what is in it");
    if (options.server().json()) {
      entries.forEach(entry -> session.terminal().json(entry.fields()));
      return 0;
    }
    Table table = new Table("NAME", "SIZE", "CID");
    for (JsonObject entry : entries) {
      String size = Amounts.bytes(Math.max(0, entry.number("dagSize")));
      table.row(entry.text("name"), size, entry.text("cid"));
    }
    table.print(session.terminal());
    return 0;
  }
}
