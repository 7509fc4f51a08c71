package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.JsonText;
import dev.limpet.cli.client.Targets;
import dev.limpet.cli.terminal.Table;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet name …}. */
@Command(
    name = "name",
    description = "Names of functions: aliases with an immutable history of versions.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet name history csv"})
public final class NameCommand extends CommandGroup {
  private final Session session;

  NameCommand(Session session) {
    this.session = session;
  }

  /** Lists all names. */
  @Command(
      name = "list",
      description = "All names, their newest version and its function.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet name list"})
  int list(@Mixin ServerOptions options) {
    List<JsonObject> names = session.gateway(options).list("/v1/names");
    if (options.json()) {
      names.forEach(name -> session.terminal().json(name.fields()));
      return 0;
    }
    Table table = new Table("NAME", "VERSION", "FUNCTION");
    names.forEach(n -> table.row(n.text("name"), n.text("version"), n.text("function")));
    table.print(session.terminal());
    return 0;
  }

  /** Points a name at a function. */
  @Command(
      name = "set",
      description = "Point NAME at a function; makes a new version.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet name set csv bafyrei... --if-version 3"})
  int set(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "NAME", description = "The name.") String name,
      @Parameters(paramLabel = "FUNCTION", description = "A CID, or NAME@VERSION.") String function,
      @Option(
              names = "--if-version",
              paramLabel = "N",
              description = "Only when the newest version is N (0: the name is new).")
          String version) {
    var gateway = session.gateway(options);
    HttpRequest.Builder request =
        gateway
            .request(target(name))
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(JsonText.of(Map.of("function", function))));
    if (version != null) {
      request.header("If-Match", "\"" + version + "\"");
    }
    return answer(options, gateway.json(request.build()));
  }

  /** Shows all versions. */
  @Command(
      name = "history",
      description = "All versions of NAME, newest first.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet name history csv"})
  int history(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "NAME", description = "The name.") String name) {
    JsonObject answer = session.gateway(options).get(target(name));
    if (options.json()) {
      session.terminal().json(answer.fields());
      return 0;
    }
    Table table = new Table("VERSION", "FUNCTION", "AT");
    answer
        .objects("history")
        .forEach(v -> table.row(v.text("version"), v.text("function"), v.text("at")));
    table.print(session.terminal());
    return 0;
  }

  /** Points a name at an older function. */
  @Command(
      name = "rollback",
      description = "Point NAME at an older version's function; makes a new version.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet name rollback csv --to 2"})
  int rollback(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "NAME", description = "The name.") String name,
      @Option(
              names = "--to",
              paramLabel = "N",
              description = "The version (default: the one before).")
          Integer version) {
    String body = version == null ? "{}" : JsonText.of(Map.of("to", version));
    return answer(options, session.gateway(options).send("POST", target(name) + "/rollback", body));
  }

  /** Forgets a name and its history. */
  @Command(
      name = "rm",
      description = "Remove NAME and its history; the functions stay.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet name rm csv"})
  int remove(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "NAME", description = "The name.") String name) {
    session.gateway(options).send("DELETE", target(name), "");
    if (options.json()) {
      session.terminal().json(Map.of("name", name, "removed", true));
    } else {
      session.terminal().line("removed " + name);
    }
    return 0;
  }

  private static String target(String name) {
    if (name.isBlank()) {
      throw CliException.usage("a name is [a-z][a-z0-9-]{0,62}");
    }
    return "/v1/names/" + Targets.segment(name);
  }

  private int answer(ServerOptions options, JsonObject answer) {
    if (options.json()) {
      session.terminal().json(answer.fields());
    } else {
      String name = answer.text("name") + "@" + answer.text("version");
      session.terminal().line(name + " " + answer.text("function"));
    }
    return 0;
  }
}
