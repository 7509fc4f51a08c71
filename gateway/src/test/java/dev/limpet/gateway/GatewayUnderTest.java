package dev.limpet.gateway;

import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.FunctionInfo;
import dev.limpet.protocol.JoinClaim;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.Page;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A gateway on a free loopback port, asked over HTTP. */
final class GatewayUnderTest implements AutoCloseable {
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private final Gateway gateway;

  private GatewayUnderTest(Gateway gateway) {
    this.gateway = gateway;
  }

  static GatewayUnderTest start(Path dir, String... settings) {
    return start(dir, Map.of(), settings);
  }

  /** With secrets, which are never settings: {@code TOKEN} and the like. */
  static GatewayUnderTest start(Path dir, Map<String, String> secrets, String... settings) {
    return new GatewayUnderTest(Gateway.start(config(dir, secrets, settings)));
  }

  static GatewayConfig config(Path dir, Map<String, String> secrets, String... settings) {
    List<String> all = new ArrayList<>(List.of("listen=127.0.0.1:0", "dir=" + dir));
    all.addAll(List.of(settings));
    return GatewayConfig.load(null, secrets, all);
  }

  URI url() {
    return gateway.url();
  }

  WireAnswer get(String target, String... lines) {
    return WireClient.ask(url(), WireClient.request("GET " + target, null, lines));
  }

  WireAnswer json(String startLine, String body, String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("Content-Type: application/json");
    return ask(startLine, body.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
  }

  WireAnswer ask(String startLine, byte[] body, String... lines) {
    String latin1 = new String(body, StandardCharsets.ISO_8859_1);
    return WireClient.ask(url(), WireClient.request(startLine, latin1, lines));
  }

  WireAnswer deploy(byte[] wasm, String query, String... lines) {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("Content-Type: application/wasm");
    return ask("POST /v1/functions" + query, wasm, all.toArray(String[]::new));
  }

  /** Deploys; anything but success is an error of the test. */
  Deployed deployed(byte[] wasm, String query) {
    return read(Deployed.class, deploy(wasm, query), 201);
  }

  static <T> T read(Class<T> type, WireAnswer answer, int status) {
    if (answer.status() != status) {
      throw new AssertionError(answer.status() + " " + answer.text());
    }
    return Json.read(type, answer.bytes(), MAX_ANSWER_BYTES);
  }

  <T> Page<T> page(Class<T> type, String target) {
    return Json.readPage(type, get(target).bytes(), MAX_ANSWER_BYTES);
  }

  /** The functions that were deployed here. */
  List<FunctionInfo> functions() {
    return page(FunctionInfo.class, "/v1/functions").items().stream()
        .filter(function -> !function.builtIn())
        .toList();
  }

  /** The names that were made here. */
  List<NameInfo> names() {
    return page(NameInfo.class, "/v1/names").items().stream()
        .filter(name -> !name.name().equals("sql"))
        .toList();
  }

  @Override
  public void close() {
    gateway.close();
  }

  /**
   * What the gateway answers a node that wants to join.
   *
   * @param lines headers of its requests, such as a join token
   */
  public WireAnswer join(
      NodeIdentity identity, String name, String url, Map<String, String> labels, String... lines) {
    String nonce =
        read(Challenge.class, json("POST /v1/nodes/challenges", "{}", lines), 200).nonce();
    JoinClaim claim = new JoinClaim(name, URI.create(url), nonce, "link-token-of-the-node");
    NodeJoin join =
        new NodeJoin(
            claim.name(),
            claim.url(),
            identity.peerId(),
            ByteString.of(identity.peerId().publicKey()),
            nonce,
            identity.sign(claim),
            "0.1",
            claim.linkToken(),
            new Capacity(1 << 30, 2, 1 << 28),
            labels,
            List.of(),
            NodeJoin.WIRE);
    return json("POST /v1/nodes", Json.writeString(join), lines);
  }
}
