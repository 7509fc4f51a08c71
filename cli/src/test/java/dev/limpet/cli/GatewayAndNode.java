package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.testkit.wire.WireClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A gateway in this process, and a node {@code node-1} that has joined it and compiles in this
 * process.
 */
record GatewayAndNode(Gateway gateway, Node node) implements AutoCloseable {
  /** Both keep their data in {@code folder}; {@code more} are settings of the gateway. */
  static GatewayAndNode start(Path folder, String... more) {
    return start(folder, List.of(more), List.of());
  }

  /** The same, and the gateway speaks https besides, with the certificate in {@code files}. */
  static GatewayAndNode withTls(Path folder, KeyFiles files, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.add("tls-listen=127.0.0.1:0");
    settings.add("tls-cert=" + files.certificate());
    settings.add("tls-key=" + files.key());
    return start(folder, settings, List.of());
  }

  /** The same, {@code setting} for both. */
  static GatewayAndNode traced(Path folder, String setting) {
    return start(folder, List.of(setting), List.of(setting));
  }

  private static GatewayAndNode start(Path folder, List<String> ofGateway, List<String> ofNode) {
    List<String> settings = new ArrayList<>(ofGateway);
    settings.addAll(List.of("listen=127.0.0.1:0", "dir=" + folder.resolve("gateway")));
    Gateway gateway = Gateway.start(GatewayConfig.load(null, Map.of(), settings));
    try {
      Node node = node("node-1", folder.resolve("node"), gateway.url(), ofNode);
      return new GatewayAndNode(gateway, node).joined();
    } catch (RuntimeException | Error e) {
      gateway.close();
      throw e;
    }
  }

  /** Until then a call finds no node. */
  private GatewayAndNode joined() {
    try {
      Awaitility.await()
          .until(
              () -> WireClient.ask(node.url(), WireClient.request("GET /v1/node", null)).text(),
              status -> status.contains("\"joined\":true"));
      return this;
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  /** One more that joins, under its name, with its data in {@code dir}. */
  static Node node(String name, Path dir, URI gateway) {
    return node(name, dir, gateway, List.of());
  }

  /** The same with {@code more} settings. */
  static Node node(String name, Path dir, URI gateway, List<String> more) {
    List<String> settings = new ArrayList<>(more);
    settings.addAll(
        List.of(
            "listen=127.0.0.1:0",
            "name=" + name,
            "compiler=inline",
            "dir=" + dir,
            "gateway=" + gateway));
    return Node.start(NodeConfig.load(null, Map.of(), settings));
  }

  /** Adds a file to the node, with the command; its CID. */
  String add(Path file) {
    RecordingTerminal terminal = new RecordingTerminal();
    String[] command = {
      "add", file.toString(), "--json", "--node=" + node.url(), "--gateway=" + gateway.url()
    };
    assertEquals(0, terminal.run(command), terminal.err());
    return JsonObject.parse(terminal.out()).text("cid");
  }

  /** Deploys a module under a name, with the command. */
  void deploy(Path module, String name) {
    RecordingTerminal terminal = new RecordingTerminal();
    String at = "--gateway=" + gateway.url();
    assertEquals(
        0, terminal.run("deploy", module.toString(), "--name=" + name, at), terminal.err());
  }

  @Override
  public void close() {
    node.close();
    gateway.close();
  }
}
