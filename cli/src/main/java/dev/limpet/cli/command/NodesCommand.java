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
          state(node),
          roots(node),
          holds,
          node.text("running"),
          node.text("url"));
    }
    table.print(session.terminal());
    for (JsonObject node : nodes) {
      if (!node.text("unbelieved").isEmpty()) {
        session.terminal().note(node.text("name") + ": " + node.text("unbelieved"));
      }
    }
    return 0;
  }

  private static String state(JsonObject node) {
    return node.text("state")
        + (node.text("distrusted").equals("true") ? ", not believed" : "")
        + (node.text("unbelieved").isEmpty() ? "" : ", certificate refused");
  }

  private static String roots(JsonObject node) {
    long failed = node.number("failedRoots");
    return node.text("roots") + (failed > 0 ? ", " + failed + " not shown" : "");
  }

  /** Lets a node have calls. */
  @Command(
      name = "approve",
      description =
          "Let NAME have calls: a node that waits, drains, was revoked or is not believed.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet nodes approve shed"})
  int approve(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "NAME", description = "The node.") String name) {
    return decide(options, name, "approve");
  }

  /** Gives a node no new calls. */
  @Command(
      name = "drain",
      description = "Give NAME no new calls; those that it has go on. 'approve' ends it.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet nodes drain shed"})
  int drain(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "NAME", description = "The node.") String name) {
    return decide(options, name, "drain");
  }

  /** Throws a node out. */
  @Command(
      name = "revoke",
      description = "Throw NAME out and refuse its key from now on.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet nodes revoke shed"})
  int revoke(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "NAME", description = "The node.") String name) {
    return decide(options, name, "revoke");
  }

  /** Forgets a node. */
  @Command(
      name = "rm",
      description = "Forget NAME and what it held; one that runs on may join again.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: limpet nodes rm shed"})
  int remove(
      @Mixin ServerOptions options,
      @Parameters(paramLabel = "NAME", description = "The node.") String name) {
    session.gateway(options).send("DELETE", "/v1/nodes/" + Targets.segment(name), "");
    if (options.json()) {
      session.terminal().json(Map.of("name", name, "removed", true));
    } else {
      session.terminal().line("removed " + name);
    }
    return 0;
  }

  private int decide(ServerOptions options, String name, String decision) {
    String target = "/v1/nodes/" + Targets.segment(name) + "/" + decision;
    JsonObject node = session.gateway(options).send("POST", target, "");
    if (options.json()) {
      session.terminal().json(node.fields());
    } else {
      session.terminal().line(node.text("name") + " is " + node.text("state"));
    }
    return 0;
  }
}
