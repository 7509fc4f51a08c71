package dev.limpet.gateway.audit;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.admission.GuardedWork;
import dev.limpet.gateway.memo.AnswerMemo;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.audit.AuditEntry;
import dev.limpet.protocol.audit.AuditLog;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Has a share of the answers of nodes made again on other nodes that hold the data, while these
 * have nothing else to do. Where two differ a third one decides; who is alone is thrown out. With
 * nobody to decide, what the gateway remembers of both is forgotten.
 */
public final class Auditor {
  /** Answers that wait to be made again; each has some KiB, 64 at most. */
  static final int MAX_AUDIT_CASES = 64;

  /** The time of one run. */
  public static final Duration MAX_AUDIT_TIME = Duration.ofSeconds(60);

  private static final System.Logger LOG = System.getLogger(Auditor.class.getName());

  private final Ground ground;
  private final Sampling sampling;
  private final AuditMetrics metrics;
  private final Deque<AuditCase> cases = new ArrayDeque<>();
  private boolean busy;

  /**
   * What it works with.
   *
   * @param placement chooses nodes
   * @param registry throws nodes out
   * @param runs asks them
   * @param memo forgets what they said
   * @param work threads for what blocks
   * @param evidence keeps what differed
   * @param log of what was done about it
   */
  public record Ground(
      Placement placement,
      NodeRegistry registry,
      AuditRuns runs,
      AnswerMemo memo,
      BlockingWork work,
      AuditEvidence evidence,
      AuditLog log) {}

  /**
   * Audits.
   *
   * @param share of the answers, from 0 to 1
   * @param secret which nobody else knows
   */
  public Auditor(Ground ground, double share, RandomGenerator secret, MeterRegistry meters) {
    this.ground = ground;
    this.sampling = new Sampling(share, secret);
    this.metrics = new AuditMetrics(meters);
  }

  /** Whether the answer that just came is to be offered; asked once for each. */
  public boolean wants() {
    return sampling.takes();
  }

  /** Keeps an answer to be made again, unless too many wait. */
  public void offer(AuditCase offered) {
    synchronized (cases) {
      if (cases.size() < MAX_AUDIT_CASES) {
        cases.add(offered);
        return;
      }
    }
    metrics.count(AuditMetrics.Result.SKIPPED);
  }

  /** Looks whether a case can be run, on one event loop again and again; one runs at a time. */
  public void tick() {
    AuditCase next = next();
    if (next == null) {
      return;
    }
    GuardedWork.of(() -> begin(next)) // what it throws ends this case, too, and no other
        .onFailure(
            why -> {
              metrics.count(AuditMetrics.Result.FAILED);
              LOG.log(Level.INFO, "an audit came to nothing", why);
            })
        .onComplete(done -> ended(done.succeeded() ? done.result() : null));
  }

  /** What comes of it: the case itself when those who can make it are busy. */
  private Future<@Nullable AuditCase> begin(AuditCase next) {
    List<KnownNode> others = others(next.question(), List.of(next.first().node()));
    for (KnownNode other : others) {
      if (other.gate().inFlight() == 0 && other.gate().tryEnter()) {
        return audit(next, other).map(_ -> null);
      }
    }
    return Future.succeededFuture(others.isEmpty() ? null : next);
  }

  private @Nullable AuditCase next() {
    synchronized (cases) {
      if (busy || cases.isEmpty()) {
        return null;
      }
      busy = true;
      return cases.removeFirst();
    }
  }

  /** Over; a case whose nodes are busy waits behind the others, one that nobody can run goes. */
  private void ended(@Nullable AuditCase later) {
    synchronized (cases) {
      busy = false;
      if (later != null) {
        cases.add(later);
      }
    }
  }

  /** Who can make it without fetching, besides these. */
  private List<KnownNode> others(Question question, List<KnownNode> besides) {
    List<KnownNode> others = new ArrayList<>();
    if (ground.placement.decide(question) instanceof Decision.Run run) {
      for (Choice choice : run.choices()) {
        if (choice.bytesToMove() == 0 && !besides.contains(choice.node())) {
          others.add(choice.node());
        }
      }
    }
    return others;
  }

  /** At a node whose place is taken. */
  private Future<Void> audit(AuditCase of, KnownNode idle) {
    return run(idle, () -> of.again().getFirst())
        .compose(second -> Future.join(ground.runs.proven(of.first()), ground.runs.proven(second)))
        .compose(both -> compare(of, both.resultAt(0), both.resultAt(1)));
  }

  /** At a node whose place is given back then. */
  private Future<Said> run(KnownNode node, Supplier<Invocation> work) {
    return GuardedWork.of(() -> ground.runs.run(node, work.get()))
        .onComplete(_ -> node.callEnded());
  }

  private Future<Void> compare(AuditCase of, Said first, Said second) {
    if (!first.isComparable(second)) {
      metrics.count(AuditMetrics.Result.FAILED); // a receipt is missing, or engines differ
      return Future.succeededFuture();
    }
    if (first.agrees(second)) {
      metrics.count(AuditMetrics.Result.AGREED);
      return Future.succeededFuture();
    }
    metrics.count(AuditMetrics.Result.DIFFERED);
    List<KnownNode> both = List.of(first.node(), second.node());
    List<KnownNode> thirds = others(of.question(), both);
    if (thirds.isEmpty()) {
      return judge(of, List.of(first, second));
    }
    KnownNode third = thirds.getFirst();
    third.callStarted();
    return run(third, () -> of.again().getLast())
        .compose(ground.runs::proven)
        .map(said -> List.of(first, second, said))
        .otherwise(List.of(first, second))
        .compose(said -> judge(of, said));
  }

  private Future<Void> judge(AuditCase of, List<Said> said) {
    Said liar = alone(said);
    String verdict =
        said.getFirst().node().name()
            + " and "
            + said.get(1).node().name()
            + " gave different answers to the same work; "
            + (liar == null ? "no third node decided" : "two others against " + liar.node().name());
    LOG.log(Level.WARNING, "audit: {0}", verdict);
    for (Said each : liar == null ? said : List.of(liar)) {
      ground.memo.forgetNode(each.node().peerId());
    }
    String name = of.again().getFirst().execution().text();
    return ground.work.run(
        () -> {
          try {
            ground.evidence.keep(name, verdict, said);
          } finally { // a liar goes also when the disk is full
            if (liar != null) {
              revoke(liar.node(), verdict);
            }
          }
          return null;
        });
  }

  /** The first or second, when the third agrees with the other one alone; else null. */
  private static @Nullable Said alone(List<Said> said) {
    if (said.size() < 3) {
      return null;
    }
    Said third = said.get(2);
    if (!third.isComparable(said.get(0)) || !third.isComparable(said.get(1))) {
      return null;
    }
    boolean withFirst = third.agrees(said.get(0));
    boolean withSecond = third.agrees(said.get(1));
    if (withFirst == withSecond) {
      return null;
    }
    return withFirst ? said.get(1) : said.get(0);
  }

  /** Minutes after it answered: by then another one may have its name. */
  private void revoke(KnownNode node, String why) {
    if (!ground.registry.revoke(node.name(), node.peerId())) {
      LOG.log(Level.INFO, "{0} ({1}) is no node here any more", node.name(), node.peerId());
      return;
    }
    ground.log.record(
        new AuditEntry(
            Instant.now(), "gateway", "local", "nodes-revoke", node.name(), why, AuditEntry.DONE));
  }
}
