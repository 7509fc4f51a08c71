package dev.limpet.gateway.http;

import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeInfo;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/nodes}: the nodes, and what they say to the gateway. */
final class NodesResource implements Resource {
  private static final List<String> TYPES = List.of(Json.MEDIA_TYPE);
  private static final String CHALLENGES = "challenges";
  private static final String ANNOUNCEMENTS = "announcements";

  /** Longer announcements are read by another thread; a heartbeat has some 300 bytes. */
  private static final int MAX_HEARTBEAT_BYTES = 1024;

  private static final List<String> DECISIONS = List.of("approve", "drain", "revoke");

  private final Services services;
  private final Door door;

  NodesResource(Services services, Door door) {
    this.services = services;
    this.door = door;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    if (rest.isEmpty()) {
      return List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST);
    }
    if (rest.size() > 1) {
      boolean decision = rest.size() == 2 && DECISIONS.contains(rest.getLast());
      return decision ? List.of(HttpMethod.POST) : List.of();
    }
    return switch (rest.getFirst()) {
      case CHALLENGES, ANNOUNCEMENTS -> List.of(HttpMethod.POST);
      default -> List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);
    };
  }

  @Override
  public @Nullable String action(HttpMethod method, List<String> rest) {
    if (method.equals(HttpMethod.DELETE)) {
      return "node-rm";
    }
    return rest.size() > 1 ? "node-" + rest.getLast() : null;
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    if (exchange.is(HttpMethod.DELETE)) {
      query.onlyKnown(List.of());
      remove(exchange, rest.getFirst());
      return;
    }
    if (!exchange.is(HttpMethod.POST)) {
      read(exchange, rest, query);
      return;
    }
    query.onlyKnown(List.of());
    if (rest.size() > 1) {
      decide(exchange, rest.getFirst(), rest.getLast());
      return;
    }
    String what = rest.isEmpty() ? "" : rest.getFirst();
    switch (what) {
      case CHALLENGES -> {
        door.join(exchange.headers());
        exchange.json(200, services.registry().challenge());
      }
      case ANNOUNCEMENTS -> announce(exchange);
      default -> join(exchange);
    }
  }

  private void read(Exchange exchange, List<String> rest, QueryParameters query) {
    door.inspect(exchange.headers());
    if (rest.isEmpty()) {
      Paging paging = Paging.of(query);
      String after = paging.cursor() == null ? "" : paging.cursor();
      List<KnownNode> found =
          services.registry().nodes().stream()
              .filter(node -> node.name().compareTo(after) > 0)
              .limit(paging.wanted())
              .toList();
      exchange.page(NodeInfo.class, paging.page(found, KnownNode::toInfo, KnownNode::name));
      return;
    }
    query.onlyKnown(List.of());
    KnownNode node = services.registry().find(rest.getFirst());
    if (node == null) {
      throw new LimpetException(ErrorCode.NODE_NOT_FOUND, "no node of that name ever joined");
    }
    exchange.json(200, node.toInfo());
  }

  /** Approves, drains or revokes a node. */
  private void decide(Exchange exchange, String name, String decision) {
    door.change(exchange.headers());
    NodeRegistry registry = services.registry();
    Future<KnownNode> decided =
        services
            .work()
            .run(
                () ->
                    switch (decision) {
                      case "approve" -> registry.approve(name);
                      case "drain" -> registry.drain(name);
                      default -> registry.revoke(name);
                    });
    exchange.answer(
        decided,
        node -> {
          exchange.acted(node.name(), node.toInfo().peerId().toString());
          exchange.json(200, node.toInfo());
        });
  }

  private void remove(Exchange exchange, String name) {
    door.change(exchange.headers());
    Future<String> removed =
        services
            .work()
            .run(
                () -> {
                  services.registry().remove(name);
                  return name;
                });
    exchange.answer(removed, _ -> exchange.noContent());
  }

  private void join(Exchange exchange) {
    door.join(exchange.headers());
    boolean overLoopback = exchange.isOverLoopback();
    Future<NodeWelcome> joined =
        exchange
            .read(TYPES, NodeJoin.MAX_JSON_BYTES)
            .compose(
                body ->
                    services
                        .work()
                        .run(
                            () ->
                                services
                                    .registry()
                                    .join(
                                        Json.read(
                                            NodeJoin.class,
                                            body.getBytes(),
                                            NodeJoin.MAX_JSON_BYTES),
                                        overLoopback)));
    exchange.answer(joined, welcome -> exchange.json(201, welcome));
  }

  private void announce(Exchange exchange) {
    KnownNode node = door.node(exchange.headers());
    String token = Door.nodeToken(exchange.headers());
    Future<KnownNode> heard =
        exchange.read(TYPES, Announcement.MAX_JSON_BYTES).compose(body -> hear(node, token, body));
    exchange.answer(
        heard,
        known -> {
          exchange.header(Headers.NODE_STATE, known.state().text());
          exchange.noContent();
        });
  }

  /**
   * A heartbeat is taken here, on the event loop: to wake a thread for it and this one again costs
   * more than all of its work, and thousands of nodes send them all the time.
   */
  private Future<KnownNode> hear(KnownNode node, String token, Buffer body) {
    if (body.length() <= MAX_HEARTBEAT_BYTES) {
      Announcement said = announcement(body);
      if (services.registry().beats(node.name(), token, said)) {
        return Future.succeededFuture(node);
      }
    }
    return services
        .work()
        .run(
            () -> {
              services.registry().announce(node.name(), token, announcement(body));
              return node;
            });
  }

  private static Announcement announcement(Buffer body) {
    return Json.read(Announcement.class, body.getBytes(), Announcement.MAX_JSON_BYTES);
  }
}
