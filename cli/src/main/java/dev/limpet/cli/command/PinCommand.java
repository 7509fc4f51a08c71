package dev.limpet.cli.command;

import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.Targets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet pin}: a node keeps a DAG. */
@Command(
    name = "pin",
    description = "Make a node keep a DAG that it holds, or with --direct one block of it.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet pin bafybei... --node shed"})
public final class PinCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private DataOptions options = new DataOptions();

  @Parameters(paramLabel = "CID", description = "The root.")
  private String cid = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What to call it in the list of pins; pinning again renames.")
  private String name = "";

  @Option(names = "--direct", description = "Keep this block alone, not what is below it.")
  private boolean direct;

  PinCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    DataOptions.Chosen node = options.choose(session);
    String kind = direct ? "direct" : "recursive";
    String query = "?kind=" + kind + (name.isEmpty() ? "" : "&name=" + Targets.segment(name));
    JsonObject pin = node.client().send("PUT", "/v1/pins/" + Targets.segment(cid) + query, "");
    if (options.server().json()) {
      Map<String, Object> fields = new LinkedHashMap<>(pin.fields());
      fields.put("pinned", true);
      fields.put("node", node.name());
      session.terminal().json(fields);
    } else {
      session.terminal().line("pinned " + cid + " on " + node.name());
    }
    return 0;
  }
}
