package dev.limpet.gateway.copy;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.GuardedWork;
import dev.limpet.gateway.copy.CopyPlan.Action;
import dev.limpet.gateway.copy.CopyPlan.Copy;
import dev.limpet.gateway.copy.CopyPlan.Drop;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Proofs.Finding;
import dev.limpet.gateway.proof.Prover;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.CopiedDag;
import dev.limpet.protocol.CopyOrder;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.Ticket;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has nodes make and drop the copies that a {@link CopyPlan} wants. */
public final class Copier implements NodeRegistry.Listener {
  /** The time of one copy. */
  static final Duration MAX_COPY_TIME = Duration.ofMinutes(2);

  private static final NodeClient.Bounds BOUNDS =
      new NodeClient.Bounds(MAX_COPY_TIME.plusSeconds(5), 64 << 10);
  private static final System.Logger LOG = System.getLogger(Copier.class.getName());

  private final HotData hot;
  private final CopyPlan plan;
  private final Prover prover;
  private final NodeClient client;
  private final Counter made;
  private final Counter failed;
  private final Counter dropped;
  private final Counter bytes;

  /** Does what {@code plan} says. */
  Copier(HotData hot, CopyPlan plan, Prover prover, NodeClient client, MeterRegistry meters) {
    this.hot = hot;
    this.plan = plan;
    this.prover = prover;
    this.client = client;
    this.made = Counter.builder("limpet.gateway.copies.made").register(meters);
    this.failed = Counter.builder("limpet.gateway.copies.failed").register(meters);
    this.dropped = Counter.builder("limpet.gateway.copies.dropped").register(meters);
    this.bytes = Counter.builder("limpet.gateway.copies.bytes").register(meters);
  }

  @Override
  public void added(KnownNode node, List<Holding> holdings) {
    for (Holding holding : holdings) {
      if (holding.kind() == HoldingKind.COPIED) {
        hot.copied(holding.cid());
      }
    }
  }

  /** Looks what is to be done, once a second; one look at a time. */
  public void tick() {
    List<Action> actions;
    synchronized (plan) {
      actions = plan.next();
    }
    for (Action action : actions) {
      GuardedWork.of(() -> perform(action)) // what it throws ends this action, too, and no other
          .onFailure(why -> LOG.log(Level.INFO, "{0}: {1}", action, why.getMessage()))
          .onComplete(
              done -> {
                synchronized (plan) {
                  plan.ended(action, done.succeeded());
                }
              });
    }
  }

  private Future<Void> perform(Action action) {
    return switch (action) {
      case Copy copy -> copy(copy).onFailure(_ -> failed.increment());
      case Drop drop -> drop(drop);
    };
  }

  private Future<Void> copy(Copy copy) {
    List<Invocation.Source> sources = new ArrayList<>();
    for (KnownNode holder : copy.from()) {
      NodeLink link = holder.link();
      if (link != null) {
        String ticket = Ticket.issue(link.linkToken(), copy.root());
        sources.add(new Invocation.Source(0, link.url(), ticket));
      }
    }
    if (sources.isEmpty()) {
      return Future.failedFuture(gone("those who have it are gone"));
    }
    CopyOrder order =
        new CopyOrder(copy.maxBytes(), Math.toIntExact(MAX_COPY_TIME.toMillis()), sources);
    return send(copy, HttpMethod.PUT, Buffer.buffer(Json.write(order)))
        .map(
            answer -> {
              CopiedDag copied =
                  Json.read(CopiedDag.class, answer.body().getBytes(), CopiedDag.MAX_JSON_BYTES);
              made.increment();
              bytes.increment((double) copied.bytesFetched());
              LOG.log(Level.INFO, "copied {0} to {1}", copy.root(), copy.node().name());
              return null;
            });
  }

  private Future<Void> drop(Drop drop) {
    return prover
        .shows(drop.witness(), drop.root())
        .compose(
            finding ->
                finding == Finding.SHOWN
                    ? send(drop, HttpMethod.DELETE, null)
                    : Future.failedFuture(gone(drop.witness().name() + " does not show it")))
        .map(
            _ -> {
              dropped.increment();
              LOG.log(Level.INFO, "dropped {0} at {1}", drop.root(), drop.node().name());
              return null;
            });
  }

  private Future<NodeClient.Answer> send(Action action, HttpMethod method, @Nullable Buffer body) {
    NodeLink link = action.node().link();
    if (link == null) {
      return Future.failedFuture(gone("the node is gone"));
    }
    List<Map.Entry<String, String>> lines =
        body == null
            ? List.of()
            : List.of(
                Map.entry("Content-Type", Json.MEDIA_TYPE),
                Map.entry("Content-Length", Integer.toString(body.length())));
    return client
        .send(link.request(method, path(action.root()), lines), body, BOUNDS)
        .compose(
            answer ->
                answer.isSuccess()
                    ? Future.succeededFuture(answer)
                    : Future.failedFuture(gone("it answered " + answer.status())));
  }

  private static String path(Cid root) {
    return "/v1/copies/" + root;
  }

  private static LimpetException gone(String why) {
    return new LimpetException(ErrorCode.NODE_FAILED, why);
  }
}
