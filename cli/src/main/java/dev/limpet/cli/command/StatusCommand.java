package dev.limpet.cli.command;

import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.MemoUse;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.terminal.Amounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code limpet status}: one screen of what is there. */
@Command(
    name = "status",
    description = {
      "The gateway, its nodes, names and functions on one screen;",
      "with --node what that node holds, ran and sent."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet status --node http://127.0.0.1:8641"})
public final class StatusCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private DataOptions data = new DataOptions();

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (data.namesNode()) {
      return NodeScreen.show(session.terminal(), data.choose(session), data.server().json());
    }
    ServerOptions options = data.server();
    ServerClient gateway = session.gateway(options);
    List<JsonObject> nodes = gateway.list("/v1/nodes");
    List<JsonObject> names = gateway.list("/v1/names");
    List<JsonObject> functions = gateway.list("/v1/functions");
    long ready = nodes.stream().filter(node -> node.text("state").equals("ready")).count();
    long held = nodes.stream().mapToLong(node -> Math.max(0, node.number("bytes"))).sum();
    long copies = nodes.stream().mapToLong(node -> Math.max(0, node.number("copies"))).sum();
    MemoUse memo = MemoUse.parse(gateway.text("/metrics"));
    if (options.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("gateway", gateway.base().toString());
      json.put("nodes", nodes.size());
      json.put("ready", ready);
      json.put("bytes", held);
      json.put("copies", copies);
      json.put("functions", functions.size());
      json.put("names", names.size());
      json.put("memo", memo.json());
      session.terminal().json(json);
      return ExitCode.DONE.number();
    }
    session.terminal().line("gateway    " + gateway.base());
    session
        .terminal()
        .line(
            "nodes      "
                + ready
                + " ready of "
                + nodes.size()
                + ", holding "
                + Amounts.bytes(held)
                + (copies > 0 ? ", copies of hot data: " + copies : ""));
    for (JsonObject node : nodes) {
      String line =
          node.text("name") + "  " + node.text("state") + "  " + node.text("running") + " running";
      session.terminal().line("           " + line);
    }
    session.terminal().line("functions  " + functions.size() + ", names " + names.size());
    session.terminal().line("memo       " + memo.text());
    return ExitCode.DONE.number();
  }
}
