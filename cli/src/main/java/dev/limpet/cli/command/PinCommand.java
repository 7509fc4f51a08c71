package dev.limpet.cli.command;

import dev.limpet.cli.Session;
import dev.limpet.cli.client.Targets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code limpet pin}: a node keeps a DAG. */
@Command(
    name = "pin",
    description = "Make a node keep a DAG that it holds.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet pin bafybei... --node shed"})
public final class PinCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private DataOptions options = new DataOptions();

  @Parameters(paramLabel = "CID", description = "The root.")
  private String cid = "";

  PinCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    DataOptions.Chosen node = options.choose(session);
    node.client().send("PUT", "/v1/pins/" + Targets.segment(cid), "");
    if (options.server().json()) {
      session.terminal().json(Map.of("cid", cid, "pinned", true, "node", node.name()));
    } else {
      session.terminal().line("pinned " + cid + " on " + node.name());
    }
    return 0;
  }
}
