package dev.limpet.gateway.proof;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.admission.GuardedWork;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.SharedWork;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.Proofs;
import dev.limpet.gateway.placement.Proofs.Claim;
import dev.limpet.gateway.placement.Proofs.Finding;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.OnlyIfCached;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Asks nodes for random blocks of what they announced, so that it counts. A call that needs a root
 * which nobody has shown waits for that; what was announced just now is asked for in the
 * background, within bounds, so that hardly a call has to wait.
 */
public final class Prover {
  /** Roots that calls wait for at once; of each a block of up to 2 MiB is in memory. */
  static final int MAX_PROOFS = 16;

  /** The time of one way down; what takes longer is asked for again later. */
  static final Duration MAX_PROOF_TIME = Duration.ofSeconds(4);

  /** A block of this size is hashed in less time than it takes to hand it to another thread. */
  private static final int HASHED_AT_ONCE = 64 << 10;

  private static final Set<String> NOT_THERE =
      Set.of(
          ErrorCode.NOT_CACHED.code(),
          ErrorCode.DATA_NOT_FOUND.code(),
          ErrorCode.STORE_FAILED.code());

  private static final List<Map.Entry<String, String>> IF_HERE = List.of(OnlyIfCached.LINE);

  private final Proofs proofs;
  private final NodeClient client;
  private final BlockingWork work;
  private final SecureRandom random = new SecureRandom();
  private final Permits permits = new Permits("proofs of holdings", MAX_PROOFS);
  private final SharedWork<Claim, Finding> running = new SharedWork<>();
  private final ProofQueue ahead = new ProofQueue(this);
  private final Map<Finding, Counter> findings = new EnumMap<>(Finding.class);

  /** Nobody is asked for anything yet. */
  public Prover(Proofs proofs, NodeClient client, BlockingWork work) {
    this.proofs = proofs;
    this.client = client;
    this.work = work;
  }

  /** Shows what was found. */
  public void measure(MeterRegistry meters) {
    for (Finding finding : Finding.values()) {
      findings.put(
          finding,
          Counter.builder("limpet.gateway.proofs")
              .tag("finding", finding.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
    Gauge.builder("limpet.gateway.proofs.queued", ahead, ProofQueue::size).register(meters);
  }

  /** What nodes announced is asked for in the background, as far as there is room. */
  public ProofQueue ahead() {
    return ahead;
  }

  /** Who says that it has the root and has still to show it. */
  public List<Claim> open(Cid root) {
    return proofs.open(root);
  }

  /**
   * Has all of these nodes show what they say. Completes when the first of them has, and else when
   * all were asked. Fails with {@code overloaded}.
   */
  public Future<Void> prove(List<Claim> claims) {
    return prove(claims, false);
  }

  /**
   * Has everybody show what they say that they have of these roots, and have still to show.
   * Completes when all were asked. Fails with {@code overloaded}.
   */
  public Future<Void> proveAll(List<Cid> roots) {
    return prove(roots.stream().flatMap(root -> open(root).stream()).toList(), true);
  }

  private Future<Void> prove(List<Claim> claims, boolean all) {
    Promise<Void> known = Promise.promise();
    List<Future<Finding>> asked = new ArrayList<>(claims.size());
    for (Claim claim : claims) {
      Future<Finding> one = running.of(claim, () -> admitted(claim));
      asked.add(one);
      one.onSuccess(
          finding -> {
            if (finding == Finding.SHOWN && !all) {
              known.tryComplete();
            }
          });
    }
    Future.join(asked)
        .onComplete(
            done -> {
              boolean refused = !asked.isEmpty() && asked.stream().allMatch(Future::failed);
              if (refused) {
                known.tryFail(done.cause());
              } else {
                known.tryComplete();
              }
            });
    return known.future();
  }

  private Future<Finding> admitted(Claim claim) {
    return permits.during(() -> ask(claim));
  }

  /** Asks whatever else runs, and lets what is found count. */
  Future<Finding> ask(Claim claim) {
    if (!proofs.mayAsk(claim)) {
      return Future.succeededFuture(Finding.UNANSWERED);
    }
    return find(claim)
        .map(
            finding -> {
              proofs.found(claim, finding);
              Counter counter = findings.get(finding);
              if (counter != null) {
                counter.increment();
              }
              return finding;
            });
  }

  /** What comes of asking a node that announced nothing of it for a random block. Never fails. */
  public Future<Finding> shows(KnownNode node, Cid root) {
    return find(new Claim(node, root, true));
  }

  private Future<Finding> find(Claim claim) {
    return find(claim, System.nanoTime() + MAX_PROOF_TIME.toNanos());
  }

  /** Once more when the node went away without an answer and has joined anew meanwhile. */
  private Future<Finding> find(Claim claim, long endNanos) {
    KnownNode node = claim.node();
    NodeLink asked = node.link();
    Walk walk = new Walk(claim.cid(), claim.whole(), random);
    return GuardedWork.of(() -> step(node, walk, endNanos))
        .recover(_ -> Future.succeededFuture(Finding.UNANSWERED))
        .compose(
            finding ->
                finding != Finding.UNANSWERED || Objects.equals(asked, node.link())
                    ? Future.succeededFuture(finding)
                    : find(claim, endNanos));
  }

  private Future<Finding> step(KnownNode node, Walk walk, long endNanos) {
    Cid cid = walk.next();
    NodeLink link = node.link();
    Duration left = Duration.ofNanos(endNanos - System.nanoTime());
    if (cid == null || link == null || left.toMillis() <= 0) {
      return Future.succeededFuture(Finding.UNANSWERED);
    }
    if (cid.multihash().isIdentity()) {
      walk.take(cid, cid.multihash().digest());
      return next(node, walk, endNanos);
    }
    return client
        .send(
            link.request(HttpMethod.GET, "/ipfs/" + cid + "?format=raw", IF_HERE),
            null,
            new NodeClient.Bounds(left, Block.MAX_BLOCK_BYTES + 1))
        .compose(answer -> judge(cid, answer, walk))
        .compose(further -> next(node, further, endNanos));
  }

  private Future<Finding> next(KnownNode node, Walk walk, long endNanos) {
    Finding finding = walk.finding();
    return finding == null ? step(node, walk, endNanos) : Future.succeededFuture(finding);
  }

  private Future<Walk> judge(Cid cid, NodeClient.Answer answer, Walk walk) {
    if (!answer.isSuccess()) {
      String error = answer.error();
      boolean gone = error != null && NOT_THERE.contains(error);
      return Future.succeededFuture(walk.end(gone ? Finding.MISSING : Finding.UNANSWERED));
    }
    byte[] bytes = answer.body().getBytes();
    return bytes.length <= HASHED_AT_ONCE
        ? Future.succeededFuture(walk.take(cid, bytes))
        : work.run(() -> walk.take(cid, bytes));
  }
}
