package dev.limpet.gateway.function;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends a deployed function to nodes that are here, so that they compile it before the first call.
 * In the background, and only for speed: a node that did not get it fetches it at the first call.
 */
public final class FunctionPush {
  /** Nodes that get a function ahead of its first call (house rule). */
  public static final int MAX_NODES_AHEAD = 16;

  /** Functions that are being sent; each is held in memory, up to some 8 MiB. */
  static final int MAX_PUSHES = 4;

  /**
   * Questions to a node that has not compiled a function yet; it answers each after a minute, which
   * is how this hears that it is still there.
   */
  static final int MAX_ASKS_OF_COMPILING = 10;

  /** Storing the largest module takes a small device many seconds, and then it compiles. */
  private static final NodeClient.Bounds BOUNDS =
      new NodeClient.Bounds(Duration.ofMinutes(2), 64 << 10);

  private static final String COMPILING = ErrorCode.COMPILING.code();
  private static final System.Logger LOG = System.getLogger(FunctionPush.class.getName());

  private final FunctionStore store;
  private final NodeRegistry registry;
  private final NodeClient client;
  private final BlockingWork work;
  private final AtomicInteger running = new AtomicInteger();

  /** Sends what {@code store} has. */
  public FunctionPush(
      FunctionStore store, NodeRegistry registry, NodeClient client, BlockingWork work) {
    this.store = store;
    this.registry = registry;
    this.client = client;
    this.work = work;
  }

  /** Begins to send a function; does nothing when too many are being sent already. */
  public void begin(StoredFunction function) {
    List<KnownNode> nodes = new ArrayList<>();
    for (KnownNode node : registry.nodes()) {
      if (node.isReady() && takes(node, function) && nodes.size() < MAX_NODES_AHEAD) {
        nodes.add(node);
      }
    }
    if (nodes.isEmpty()) {
      return;
    }
    if (running.incrementAndGet() > MAX_PUSHES) {
      running.decrementAndGet();
      LOG.log(Level.DEBUG, "{0} is not sent ahead: others are", function.cid());
      return;
    }
    nodes.getFirst().warmed(function.cid()); // a call that comes before the function gets it itself
    work.run(() -> car(function))
        .onFailure(_ -> nodes.getFirst().cooled(function.cid()))
        .compose(car -> sendAll(function, car, nodes.iterator()))
        .onFailure(cause -> LOG.log(Level.WARNING, "a function was not sent ahead", cause))
        .onComplete(_ -> running.decrementAndGet());
  }

  private static boolean takes(KnownNode node, StoredFunction function) {
    NodeLink link = node.link();
    Needs needs = function.needs(() -> true);
    return link != null && link.terms().declines(function.cid(), needs) == null;
  }

  private Buffer car(StoredFunction function) throws IOException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    store.writeCar(function, car);
    return Buffer.buffer(car.toByteArray());
  }

  /**
   * One node after the other, so that a slow one costs time and not memory, and calls that come
   * meanwhile wait for the one that is at it: none begins to compile it at a second node.
   */
  private Future<Void> sendAll(StoredFunction function, Buffer car, Iterator<KnownNode> left) {
    while (left.hasNext()) {
      KnownNode node = left.next();
      NodeLink link = node.link();
      if (link != null) {
        node.warmed(function.cid());
        return send(function, car, new Place(node, link), 1)
            .transform(_ -> sendAll(function, car, left));
      }
    }
    return Future.succeededFuture();
  }

  private record Place(KnownNode node, NodeLink link) {
    /** Whether it is the process that it was. */
    boolean isThere() {
      return link.equals(node.link());
    }
  }

  /** Until the node has compiled it. */
  private Future<Void> send(StoredFunction function, Buffer car, Place place, int asks) {
    return send(function, car, place.link)
        .transform(
            sent -> {
              NodeClient.Answer answer = sent.succeeded() ? sent.result() : null;
              boolean compiling = answer != null && COMPILING.equals(answer.error());
              if (compiling && asks < MAX_ASKS_OF_COMPILING && place.isThere()) {
                return send(function, car, place, asks + 1);
              }
              if (answer == null || !(answer.isSuccess() || compiling)) {
                Object why = answer == null ? sent.cause() : answer.status();
                LOG.log(Level.INFO, "{0} did not take {1}: {2}", place.node, function.cid(), why);
                place.node.cooled(function.cid());
              }
              return Future.succeededFuture();
            });
  }

  private Future<NodeClient.Answer> send(StoredFunction function, Buffer car, NodeLink link) {
    return client.send(
        link.request(
            HttpMethod.PUT,
            "/v1/functions/" + function.cid(),
            List.of(
                Map.entry("Content-Type", "application/vnd.ipld.car"),
                Map.entry("Content-Length", Integer.toString(car.length())))),
        car,
        BOUNDS);
  }
}
