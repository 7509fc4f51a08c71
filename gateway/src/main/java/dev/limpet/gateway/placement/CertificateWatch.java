package dev.limpet.gateway.placement;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.admission.GuardedWork;
import dev.limpet.gateway.proxy.NodeAddress;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.Authorities;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at the certificates of nodes that are reached by https before calls do: when a node joins,
 * when the authorities or a certificate that was believed are no more what they were, and again,
 * more and more seldom, while one is not believed. So people see it, and a node that is mended gets
 * calls again.
 */
public final class CertificateWatch {
  /** How often it looks what is to be done. */
  public static final Duration TICK = Duration.ofSeconds(1);

  /** Nodes that are asked in one tick: each may be a handshake. */
  static final int MAX_ASKED = 128;

  private static final NodeClient.Bounds BOUNDS =
      new NodeClient.Bounds(Duration.ofSeconds(5), 64 << 10);

  private static final System.Logger LOG = System.getLogger(CertificateWatch.class.getName());

  private final NodeRegistry registry;
  private final NodeClient client;
  private final Authorities authorities;
  private final AtomicBoolean ticks = new AtomicBoolean();
  private final AtomicBoolean fails = new AtomicBoolean();
  private int generation;
  private long round;
  private String last = "";

  /** Watches the nodes of a registry. */
  public CertificateWatch(NodeRegistry registry, NodeClient client, Authorities authorities) {
    this.registry = registry;
    this.client = client;
    this.authorities = authorities;
  }

  /** Begins, for as long as Vert.x runs. */
  public void start(Vertx vertx, BlockingWork work) {
    vertx.setPeriodic(
        TICK.toMillis(),
        _ -> {
          if (isNeeded()) {
            begin(work);
          }
        });
  }

  /** Has a tick done, unless one waits or runs: the disk may be slow. */
  void begin(BlockingWork work) {
    if (ticks.compareAndSet(false, true)) {
      GuardedWork.of(() -> work.run(Executors.callable(this::tick)))
          .onSuccess(_ -> fails.set(false))
          .onFailure(this::failed)
          .onComplete(_ -> ticks.set(false));
    }
  }

  /** One that finds no room is one tick later; what else is wrong is said once. */
  private void failed(Throwable why) {
    boolean full = why instanceof LimpetException e && e.code() == ErrorCode.OVERLOADED;
    boolean stopping = why instanceof RejectedExecutionException;
    if (!full && !stopping && fails.compareAndSet(false, true)) {
      LOG.log(Level.WARNING, "certificates of nodes cannot be looked at; it is tried on", why);
    }
  }

  /** Without https nothing is read or asked. */
  private boolean isNeeded() {
    for (KnownNode node : registry.byName()) {
      NodeLink link = node.link();
      if (link != null && link.address().isSecure() && node.isHere()) {
        return true;
      }
    }
    return false;
  }

  /** Does what is to be done now; not on an event loop, for it reads the disk. */
  synchronized void tick() {
    int now = authorities.generation();
    if (now != generation) {
      client.checkAgain();
      generation = now;
    }
    long number = ++round;
    List<NodeLink> links = next();
    if (!links.isEmpty()) {
      NodeClient strange = client.withoutConnections();
      Future.join(links.stream().map(link -> look(strange, link, now, number)).toList())
          .onComplete(_ -> strange.close());
    }
  }

  private Future<?> look(NodeClient strange, NodeLink link, int now, long number) {
    NodeAddress at = link.address();
    if (!at.beginsCheck(now, number)) {
      return Future.succeededFuture();
    }
    return GuardedWork.of(
            () ->
                strange.send(link.request(HttpMethod.GET, "/health/live", List.of()), null, BOUNDS))
        .onFailure(
            why -> {
              if (!(why instanceof LimpetException)) { // of those its address has taken note
                failed(why);
              }
            })
        .onComplete(_ -> at.checked(now, number));
  }

  /** Those behind the last of the tick before, round and round, so that none is left out. */
  private List<NodeLink> next() {
    List<KnownNode> nodes = registry.nodes();
    int begin = 0;
    while (begin < nodes.size() && nodes.get(begin).name().compareTo(last) <= 0) {
      begin++;
    }
    List<NodeLink> found = new ArrayList<>();
    for (int i = 0; i < nodes.size() && found.size() < MAX_ASKED; i++) {
      KnownNode node = nodes.get((begin + i) % nodes.size());
      NodeLink link = node.link();
      if (link != null && node.isHere() && link.address().needsCheck(generation, round)) {
        found.add(link);
        last = node.name();
      }
    }
    return found;
  }
}
