package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.testkit.relay.Relay;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls on data of a node that belongs to somebody else and is only a trustless gateway here. */
class OutsideDataTest {
  private static final String TOKEN = "manage-0123456789abcdef";

  @TempDir private Path dir = Path.of("");

  private Node node(String name, String... more) {
    List<String> settings =
        Stream.concat(
                Stream.of(
                    "listen=127.0.0.1:0",
                    "name=" + name,
                    "compiler=inline",
                    "dir=" + dir.resolve(name)),
                Stream.of(more))
            .toList();
    return Node.start(NodeConfig.load(null, Map.of("LIMPET_NODE_JOIN_TOKEN", TOKEN), settings));
  }

  private static String run(URI gateway, String... arguments) {
    RecordingTerminal terminal =
        new RecordingTerminal(Map.of("LIMPET_GATEWAY", gateway.toString(), "LIMPET_TOKEN", TOKEN));
    assertEquals(
        0,
        terminal.run(arguments),
        () -> String.join(" ", arguments) + ": " + terminal.out() + terminal.err());
    return terminal.out();
  }

  private String added(URI gateway, Node node, String text) throws IOException {
    Path file = Files.writeString(dir.resolve("file"), text);
    String[] command = {"add", file.toString(), "--node", node.url().toString(), "--json"};
    return JsonObject.parse(run(gateway, command)).text("cid");
  }

  @Test
  @Tag("long")
  void a_call_goes_to_the_node_that_may_ask_outside_but_not_for_callers_without_a_token()
      throws Exception {
    Map<String, String> tokens =
        Map.of("LIMPET_GATEWAY_TOKEN", TOKEN, "LIMPET_GATEWAY_JOIN_TOKEN", TOKEN);
    List<String> settings =
        List.of("listen=127.0.0.1:0", "dir=" + dir.resolve("gateway"), "public-calls=true");
    try (Node stranger = node("stranger");
        Relay relay = Relay.to(stranger.url());
        Gateway gateway = Gateway.start(GatewayConfig.load(null, tokens, settings));
        Node _ = node("plain", "gateway=" + gateway.url());
        Node _ =
            node(
                "curious", "gateway=" + gateway.url(), "local-trustless-gateways=" + relay.url())) {
      URI url = gateway.url();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> run(url, "nodes", "list", "--json").lines().count() == 2);
      Path module = Files.write(dir.resolve("copy.wasm"), SampleModules.copiesFile("."));
      run(url, "deploy", module.toString(), "--name", "copy");
      String data = added(url, stranger, "found outside");

      WireAnswer stranded =
          WireClient.ask(url, WireClient.request("GET /on/" + data + "/-/copy", null));
      assertEquals(404, stranded.status(), stranded::text);
      assertEquals("data-not-found", stranded.header("Limpet-Error"));
      assertEquals(0, relay.bytesToClient());

      JsonObject why = JsonObject.parse(run(url, "why", "copy", "--on", data, "--json"));
      assertEquals("curious", why.text("chosen"));
      assertTrue(run(url, "why", "copy", "--on", data).contains("its trustless gateways"));
      assertEquals("found outside", run(url, "call", "copy", "--on", data));
      assertTrue(relay.bytesToClient() > 0);
    }
  }
}
