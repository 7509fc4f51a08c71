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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A gateway that remembers what nodes told it, and refuses once when it is told to. */
final class FakeGateway implements AutoCloseable {
  private static final int BEAT_MS = 100;

  final List<NodeJoin> joins = new CopyOnWriteArrayList<>();
  final List<Announcement> heard = new CopyOnWriteArrayList<>();
  final List<String> tokens = new CopyOnWriteArrayList<>();
  final AtomicReference<@Nullable ErrorCode> refuseNext = new AtomicReference<>();

  /** What it sends of functions, as CARs. */
  final Map<String, byte[]> functions = new ConcurrentHashMap<>();

  /** What was presented for each of these that was asked for. */
  final List<String> fetches = new CopyOnWriteArrayList<>();

  volatile String nodeState = "ready";

  /** A node that it has let in hears of that when this is open. */
  volatile CountDownLatch welcomes = new CountDownLatch(0);

  /** What a node tells is answered when this is open. */
  volatile CountDownLatch hears = new CountDownLatch(0);

  /** Whether it drops the connection of whoever joins or tells something. */
  volatile boolean isDeaf;

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
    String token = exchange.head().header("Authorization").orElse("");
    tokens.add(token);
    String target = exchange.head().target();
    if (isDeaf && target.startsWith("/v1/nodes")) {
      exchange.reset();
      return;
    }
    switch (target) {
      case "/v1/nodes/challenges" ->
          exchange.answer(200, Json.writeString(new Challenge("n-" + joins.size(), false)));
      case "/v1/nodes" -> join(exchange, body);
      case "/v1/nodes/announcements" -> announce(exchange, body);
      default -> {
        fetches.add(token);
        send(exchange, functions.get(target.replace("/v1/functions/", "")));
      }
    }
  }

  private void join(WireExchange exchange, String body) throws IOException {
    NodeJoin join = Json.read(NodeJoin.class, body.getBytes(UTF_8), NodeJoin.MAX_JSON_BYTES);
    if (!JoinClaim.of(join).isSignedBy(join.peerId(), join.signature())) {
      refuse(exchange, ErrorCode.BAD_SIGNATURE);
      return;
    }
    joins.add(join);
    await(welcomes);
    String session = "s-" + joins.size();
    NodeWelcome welcome = new NodeWelcome(session, "token-of-" + session, BEAT_MS, join.name());
    exchange.answer(201, Json.writeString(welcome));
  }

  private static void send(WireExchange exchange, byte @Nullable [] car) throws IOException {
    if (car == null) {
      exchange.answer(404, "");
      return;
    }
    exchange.begin(200, "Content-Type: application/vnd.ipld.car");
    exchange.chunk(car);
    exchange.end();
  }

  private static void await(CountDownLatch open) throws IOException {
    try {
      open.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void announce(WireExchange exchange, String body) throws IOException {
    await(hears);
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
