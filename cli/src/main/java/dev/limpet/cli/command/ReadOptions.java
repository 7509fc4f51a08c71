package dev.limpet.cli.command;

import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where data is read: through the gateway, or from a node that is named. */
final class ReadOptions {
  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--node",
      paramLabel = "NAME|URL",
      description =
          "Read from this node, what it holds itself (default: through the gateway, from any).")
  private String node = "";

  ServerOptions server() {
    return server;
  }

  ServerClient choose(Session session) {
    return node.isEmpty()
        ? session.gateway(server)
        : session.node(NamedNode.url(session, server, node), server);
  }
}
