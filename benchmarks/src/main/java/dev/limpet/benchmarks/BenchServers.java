package dev.limpet.benchmarks;

import dev.limpet.cli.client.Credentials;
import dev.limpet.cli.client.FunctionUpload;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.Abi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A gateway and a node that has joined it, in this JVM; functions are measured: every call runs.
 */
record BenchServers(Gateway gateway, Node node) implements AutoCloseable {
  private static final int JOIN_LOOKS = 3000;
  private static final long LOOK_NANOS = 10_000_000;

  /** Both keep their data in {@code folder}; {@code more} are settings of the node. */
  static BenchServers start(Path folder, String... more) {
    Gateway gateway =
        Gateway.start(
            GatewayConfig.load(
                null,
                Map.of(),
                List.of(
                    "listen=127.0.0.1:0", "dir=" + folder.resolve("gateway"), "memo-memory=0")));
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(
        List.of(
            "listen=127.0.0.1:0",
            "dir=" + folder.resolve("node"),
            "name=bench",
            "memo-quota=0",
            "gateway=" + gateway.url()));
    BenchServers servers =
        new BenchServers(gateway, Node.start(NodeConfig.load(null, Map.of(), settings)));
    servers.awaitJoined();
    return servers;
  }

  private void awaitJoined() {
    try (ServerClient client = new ServerClient(node.url(), "node", Credentials.NONE)) {
      for (int look = 0; look < JOIN_LOOKS; look++) {
        if (client.get("/v1/node").text("joined").equals("true")) {
          return;
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    throw new IllegalStateException("the node does not join");
  }

  /** Where callers ask. */
  URI url() {
    return gateway.url();
  }

  /** Deploys an example; the CID of the function. */
  String deploy(String function) throws IOException {
    Path example = Path.of("functions-examples", function);
    Path manifest = example.resolve("limpet.json");
    FunctionUpload upload =
        Files.exists(manifest)
            ? FunctionUpload.ofManifest(FunctionUpload.readManifest(manifest, ""))
            : FunctionUpload.ofModule(
                Files.readAllBytes(example.resolve(function + ".wasm")), Abi.COMMAND);
    try (ServerClient client = new ServerClient(url(), "gateway", Credentials.NONE)) {
      return client
          .json(
              client
                  .request("/v1/functions")
                  .header("Content-Type", upload.contentType())
                  .POST(HttpRequest.BodyPublishers.ofByteArray(upload.body()))
                  .build())
          .text("function");
    }
  }

  @Override
  public void close() {
    node.close();
    gateway.close();
  }
}
