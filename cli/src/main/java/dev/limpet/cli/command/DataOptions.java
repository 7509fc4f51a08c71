package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import java.net.URI;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node keeps the data: the local one unless another is named. */
final class DataOptions {
  private static final String LOCAL = "http://127.0.0.1:8641";

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(
      names = "--node",
      paramLabel = "NAME|URL",
      description =
          "The node (default: $LIMPET_NODE, the one on port 8641, or the only one that the gateway"
              + " knows).")
  private String node = "";

  ServerOptions server() {
    return server;
  }

  /** Whether a node was named on the command line. */
  boolean namesNode() {
    return !node.isEmpty();
  }

  /** A client of the chosen node, and what it is called. */
  Chosen choose(Session session) {
    String wanted = node.isEmpty() ? session.terminal().environment("LIMPET_NODE") : node;
    if (!wanted.isEmpty()) {
      return at(session, NamedNode.url(session, server, wanted));
    }
    ServerClient local = session.node(URI.create(LOCAL), server);
    if (local.isReachable()) {
      return at(session, local.base());
    }
    return onlyOne(session);
  }

  /**
   * @param client talks to it
   * @param name as the node says it
   */
  record Chosen(ServerClient client, String name) {}

  private Chosen at(Session session, URI url) {
    ServerClient client = session.node(url, server);
    return new Chosen(client, client.get("/v1/node").text("name"));
  }

  private Chosen onlyOne(Session session) {
    List<JsonObject> nodes = session.gateway(server).list("/v1/nodes");
    if (nodes.size() == 1) {
      return at(session, Session.parseUrl(nodes.getFirst().text("url")));
    }
    if (nodes.isEmpty()) {
      throw CliException.usage(
          "the gateway knows no node yet: start one with 'limpet node --gateway URL'");
    }
    String names = String.join(", ", nodes.stream().map(known -> known.text("name")).toList());
    throw CliException.usage("which node? add --node with one of: " + names);
  }
}
