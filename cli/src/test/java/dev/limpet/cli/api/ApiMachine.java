package dev.limpet.cli.api;

import static org.awaitility.Awaitility.await;

import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarWriter;
import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.JoinClaim;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.Release;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A gateway and a node in this process, asked over HTTP; every answer is held against the document.
 */
final class ApiMachine implements AutoCloseable {
  static final String TOKEN = "Authorization: Bearer manage-0123456789abcdef";
  static final String JOIN = "Authorization: Bearer joins-0123456789abcdef";

  private final Gateway gateway;
  private final List<Node> nodes = new ArrayList<>();
  private final Path folder;
  private final ApiCheck check;
  private final boolean guarded;

  /** A gateway alone; {@code guarded} with the tokens above. */
  ApiMachine(Path folder, ApiCheck check, boolean guarded) {
    this.folder = folder;
    this.check = check;
    this.guarded = guarded;
    Map<String, String> tokens =
        Map.of(
            "LIMPET_GATEWAY_TOKEN", "manage-0123456789abcdef",
            "LIMPET_GATEWAY_JOIN_TOKEN", "joins-0123456789abcdef");
    gateway =
        Gateway.start(
            GatewayConfig.load(
                null,
                guarded ? tokens : Map.of(),
                List.of("listen=127.0.0.1:0", "dir=" + folder.resolve("gateway"))));
  }

  /** Starts a node and waits until the gateway knows it, and has heard what it has. */
  Node node(String name) {
    Node node =
        Node.start(
            NodeConfig.load(
                null,
                guarded ? Map.of("LIMPET_NODE_JOIN_TOKEN", "joins-0123456789abcdef") : Map.of(),
                List.of(
                    "listen=127.0.0.1:0",
                    "name=" + name,
                    "compiler=inline",
                    "dir=" + folder.resolve(name),
                    "gateway=" + gateway.url())));
    nodes.add(node);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> ask("GET", "/v1/nodes/" + name, TOKEN).status() == 200);
    // Before that nobody waits until the gateway has heard of what is added.
    await().until(() -> isJoined(node));
    return node;
  }

  private static boolean isJoined(Node node) {
    return WireClient.ask(node.url(), WireClient.request("GET /v1/node", null))
        .text()
        .contains("\"joined\":true");
  }

  /** Adds blocks, the root last, to a node; the gateway has heard of it when this returns. */
  static void add(Node node, Block... blocks) throws IOException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(car, List.of(blocks[blocks.length - 1].cid()));
    for (Block block : blocks) {
      writer.write(block);
    }
    WireAnswer added =
        WireClient.ask(
            node.url(),
            WireClient.request(
                "POST /v1/dags",
                car.toString(StandardCharsets.ISO_8859_1),
                "Content-Type: application/vnd.ipld.car"));
    if (added.status() != 201) {
      throw new AssertionError(added.text());
    }
  }

  /** A request without a body. */
  WireAnswer ask(String method, String target, String... lines) {
    return checked(method, target, WireClient.request(method + " " + target, null, lines));
  }

  /** A request with a body. */
  WireAnswer send(String method, String target, byte[] body, String... lines) {
    String latin1 = new String(body, StandardCharsets.ISO_8859_1);
    return checked(method, target, WireClient.request(method + " " + target, latin1, lines));
  }

  /** A request with a JSON body. */
  WireAnswer json(String method, String target, String body, String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("Content-Type: application/json");
    return send(method, target, body.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
  }

  private WireAnswer checked(String method, String target, String message) {
    WireAnswer answer = WireClient.ask(gateway.url(), message);
    check.check(method, target, answer);
    return answer;
  }

  /** A node that is joined by hand: its key, and what it shows to the gateway. */
  record Joined(NodeIdentity identity, String own) {}

  /** Joins as a node does, by hand, and says that it has nothing. */
  Joined joinByHand(String name) {
    Challenge challenge =
        Json.read(
            Challenge.class, json("POST", "/v1/nodes/challenges", "{}", JOIN).bytes(), 1 << 16);
    NodeIdentity identity = NodeIdentity.generate();
    URI url = URI.create("http://127.0.0.1:9");
    String link = "link-token-of-the-node";
    NodeJoin join =
        new NodeJoin(
            name,
            url,
            identity.peerId(),
            ByteString.of(identity.peerId().publicKey()),
            challenge.nonce(),
            identity.sign(new JoinClaim(name, url, challenge.nonce(), link)),
            Release.VERSION,
            link,
            new Capacity(1 << 30, 2, 1 << 28),
            Map.of("place", "shed"),
            List.of(),
            NodeJoin.WIRE);
    WireAnswer joined = json("POST", "/v1/nodes", Json.writeString(join), JOIN);
    NodeWelcome welcome = Json.read(NodeWelcome.class, joined.bytes(), 1 << 16);
    Announcement said =
        new Announcement(
            welcome.session(),
            1,
            AnnouncementKind.SNAPSHOT,
            true,
            List.of(),
            List.of(),
            Load.IDLE,
            null);
    String own = "Authorization: Bearer " + welcome.nodeToken();
    json("POST", "/v1/nodes/announcements", Json.writeString(said), own);
    return new Joined(identity, own);
  }

  Gateway gateway() {
    return gateway;
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
    gateway.close();
  }
}
