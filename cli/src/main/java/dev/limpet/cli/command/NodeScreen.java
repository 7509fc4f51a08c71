package dev.limpet.cli.command;

import dev.limpet.cli.ExitCode;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.MemoUse;
import dev.limpet.cli.terminal.Amounts;
import dev.limpet.cli.terminal.Escape;
import dev.limpet.cli.terminal.Terminal;

/** One node on one screen, for the owner of its device. */
final class NodeScreen {
  private NodeScreen() {}

  /** Asks the node and prints what it says. */
  static int show(Terminal terminal, DataOptions.Chosen chosen, boolean json) {
    JsonObject node = chosen.client().get("/v1/node");
    if (json) {
      terminal.json(node.fields());
      return ExitCode.DONE.number();
    }
    JsonObject counters = node.object("counters");
    JsonObject load = node.object("load");
    JsonObject capacity = node.object("capacity");
    line(
        terminal,
        "node",
        node.text("name") + "  " + node.text("peerId") + "  " + node.text("version"));
    line(terminal, "since", node.text("startedAt"));
    line(terminal, "gateway", gateway(node));
    JsonObject unbelieved = node.object("unbelieved");
    unbelieved
        .fields()
        .forEach(
            (server, why) ->
                line(terminal, "refuses", server + " is not believed to be itself: " + why));
    line(
        terminal,
        "holds",
        Amounts.count(node.number("roots"), "DAG")
            + ", "
            + bytes(node, "bytes")
            + " of "
            + bytes(node, "quotaBytes")
            + (node.text("store").startsWith("kubo") ? " in " + node.text("store") : ""));
    line(
        terminal,
        "ran",
        Amounts.count(count(counters, "limpet_node_calls_taken"), "call")
            + "; now "
            + load.text("running")
            + " run and "
            + load.text("queued")
            + " wait");
    line(terminal, "memo", MemoUse.parse(chosen.client().text("/metrics")).text());
    line(terminal, "sent", Amounts.bytes(count(counters, "limpet_node_bytes_sent")));
    line(terminal, "added", Amounts.bytes(count(counters, "limpet_node_bytes_added")));
    line(
        terminal,
        "limits",
        Amounts.count(capacity.number("slots"), "function")
            + " at once, "
            + bytes(capacity, "memoryBytes")
            + " of memory");
    line(terminal, "problems", count(counters, "limpet_node_problems"));
    return ExitCode.DONE.number();
  }

  /** What the node says ends no line, whatever it is: the next would look like one of these. */
  private static void line(Terminal terminal, String label, Object says) {
    terminal.line(String.format("%-10s%s", label, Escape.oneLine(says)));
  }

  private static String gateway(JsonObject node) {
    String url = node.text("gateway");
    if (url.isEmpty()) {
      return "none: this node stands alone";
    }
    if (!node.text("joined").equals("true")) {
      return url + ", not joined: the log of the node says why";
    }
    return switch (node.text("state")) {
      case "" -> url + ", joined";
      case "pending" -> url + ", waits to be approved there";
      default -> url + ", " + node.text("state");
    };
  }

  private static String bytes(JsonObject object, String field) {
    return Amounts.bytes(Math.max(0, object.number(field)));
  }

  private static long count(JsonObject counters, String name) {
    return Math.max(0, counters.number(name));
  }
}
