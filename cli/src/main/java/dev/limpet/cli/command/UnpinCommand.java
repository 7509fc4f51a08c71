package dev.limpet.cli.command;

import dev.limpet.cli.Session;
import dev.limpet.cli.client.Targets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code limpet unpin}: a node may let go of a DAG. */
@Command(
    name = "unpin",
    description = "Let a node forget a DAG that it keeps.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet unpin bafybei... --node shed"})
public final class UnpinCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private DataOptions options = new DataOptions();

  @Parameters(paramLabel = "CID", description = "The root.")
  private String cid = "";

  UnpinCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    DataOptions.Chosen node = options.choose(session);
    node.client().send("DELETE", "/v1/pins/" + Targets.segment(cid), "");
    if (options.server().json()) {
      session.terminal().json(Map.of("cid", cid, "pinned", false, "node", node.name()));
    } else {
      session.terminal().line("unpinned " + cid + " on " + node.name());
    }
    return 0;
  }
}
