package dev.limpet.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.JoinClaim;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A gateway that remembers what nodes told it, and refuses once when it is told to. */
final class FakeGateway implements AutoCloseable {
  private static final int BEAT_MS = 100;

  final List<NodeJoin> joins = new CopyOnWriteArrayList<>();
  final List<Announcement> heard = new CopyOnWriteArrayList<>();
  final List<String> tokens = new CopyOnWriteArrayList<>();
  final AtomicReference<@Nullable ErrorCode> refuseNext = new AtomicReference<>();

  volatile String nodeState = "ready";

  private final WireServer server;

  private FakeGateway(int port) {
    server = port == 0 ? WireServer.start(this::answer) : WireServer.start(port, this::answer);
  }

  static FakeGateway start() {
    return new FakeGateway(0);
  }

  /** A gateway that comes back at the port of one that went. */
  static FakeGateway startAt(int port) {
    return new FakeGateway(port);
  }

  URI url() {
    return server.url();
  }

  private void answer(WireExchange exchange) throws IOException {
    String body = exchange.bodyText();
    tokens.add(exchange.head().header("Authorization").orElse(""));
    switch (exchange.head().target()) {
      case "/v1/nodes/challenges" ->
          exchange.answer(200, Json.writeString(new Challenge("n-" + joins.size(), false)));
      case "/v1/nodes" -> join(exchange, body);
      case "/v1/nodes/announcements" -> announce(exchange, body);
      default -> exchange.answer(404, "");
    }
  }

  private void join(WireExchange exchange, String body) throws IOException {
    NodeJoin join = Json.read(NodeJoin.class, body.getBytes(UTF_8), NodeJoin.MAX_JSON_BYTES);
    if (!JoinClaim.of(join).isSignedBy(join.peerId(), join.signature())) {
      refuse(exchange, ErrorCode.BAD_SIGNATURE);
      return;
    }
    joins.add(join);
    String session = "s-" + joins.size();
    NodeWelcome welcome = new NodeWelcome(session, "token-of-" + session, BEAT_MS, join.name());
    exchange.answer(201, Json.writeString(welcome));
  }

  private void announce(WireExchange exchange, String body) throws IOException {
    ErrorCode refusal = refuseNext.getAndSet(null);
    if (refusal != null) {
      refuse(exchange, refusal);
      return;
    }
    heard.add(Json.read(Announcement.class, body.getBytes(UTF_8), Announcement.MAX_JSON_BYTES));
    exchange.raw("HTTP/1.1 204 None\r\nLimpet-Node-State: " + nodeState + "\r\n\r\n");
  }

  private static void refuse(WireExchange exchange, ErrorCode code) throws IOException {
    exchange.answer(
        code.status(),
        new String(Problem.of(code, "as the test says").toJson(), UTF_8),
        "Content-Type: application/problem+json");
  }

  /** How often something of that kind was heard. */
  long count(AnnouncementKind kind) {
    return heard.stream().filter(a -> a.kind() == kind).count();
  }

  /** Everything that was announced as added. */
  List<Holding> added() {
    return heard.stream().flatMap(a -> a.added().stream()).toList();
  }

  @Override
  public void close() {
    server.close();
  }
}
