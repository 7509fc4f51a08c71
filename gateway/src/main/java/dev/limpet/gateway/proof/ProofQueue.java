package dev.limpet.gateway.proof;

import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Proofs.Claim;
import dev.limpet.gateway.placement.Proofs.Finding;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for before a call needs it: of each announcement some roots by chance. A node is
 * asked for one root after the other, so that it has time for calls, and a slow one takes one place
 * of many. A node that does not answer is left alone until it announces more.
 */
public final class ProofQueue implements NodeRegistry.Listener {
  /** Roots of one announcement that are asked for, by chance when there are more. */
  static final int MAX_SAMPLED_ROOTS = 32;

  /** Roots of all nodes that wait; what is announced beyond waits for the call that needs it. */
  static final int MAX_QUEUED_PROOFS = 4096;

  /** Nodes that are asked at once; of each a block of up to 2 MiB is in memory. */
  static final int MAX_PROOFS_AHEAD = 8;

  private static final System.Logger LOG = System.getLogger(ProofQueue.class.getName());

  private final Prover prover;
  private final Map<KnownNode, Deque<Claim>> waiting = new LinkedHashMap<>();
  private final Set<KnownNode> asking = new HashSet<>();
  private int size;

  ProofQueue(Prover prover) {
    this.prover = prover;
  }

  @Override
  public void added(KnownNode node, List<Holding> holdings) {
    List<Holding> roots = new ArrayList<>();
    for (Holding holding : holdings) {
      if (holding.kind() == HoldingKind.ROOT || holding.kind() == HoldingKind.COPIED) {
        roots.add(holding);
      }
    }
    if (roots.size() > MAX_SAMPLED_ROOTS) {
      Collections.shuffle(roots);
    }
    List<Holding> sampled = roots.subList(0, Math.min(MAX_SAMPLED_ROOTS, roots.size()));
    add(node, sampled);
    more();
  }

  private synchronized void add(KnownNode node, List<Holding> sampled) {
    for (Holding holding : sampled) {
      if (size < MAX_QUEUED_PROOFS) {
        size++;
        waiting
            .computeIfAbsent(node, _ -> new ArrayDeque<>())
            .add(new Claim(node, holding.cid().toV1(), holding.complete()));
      }
    }
  }

  /** Roots that wait. */
  synchronized int size() {
    return size;
  }

  private void more() {
    for (Turn turn = take(); turn != null; turn = take()) {
      ask(turn);
    }
  }

  /** A node, and what it is asked for. */
  private record Turn(KnownNode node, Deque<Claim> claims) {}

  private synchronized @Nullable Turn take() {
    if (asking.size() >= MAX_PROOFS_AHEAD) {
      return null;
    }
    for (Map.Entry<KnownNode, Deque<Claim>> entry : waiting.entrySet()) {
      if (asking.add(entry.getKey())) {
        Turn turn = new Turn(entry.getKey(), entry.getValue());
        waiting.remove(entry.getKey());
        size -= turn.claims.size();
        return turn;
      }
    }
    return null;
  }

  /** In a loop as long as answers are here at once: there may be thousands of such. */
  private void ask(Turn turn) {
    for (Claim claim = turn.claims.poll(); claim != null; claim = turn.claims.poll()) {
      Future<Finding> asked = prover.ask(claim);
      if (!asked.isComplete()) {
        asked.onComplete(
            done -> {
              if (isAnswer(done)) {
                ask(turn);
              } else {
                over(turn);
              }
              more();
            });
        return;
      }
      if (!isAnswer(asked)) {
        break;
      }
    }
    over(turn);
  }

  private static boolean isAnswer(AsyncResult<Finding> done) {
    if (done.failed()) {
      LOG.log(
          Level.ERROR, "asking for a proof failed in a way that nobody thought of", done.cause());
    }
    return done.succeeded() && done.result() != Finding.UNANSWERED;
  }

  private synchronized void over(Turn turn) {
    asking.remove(turn.node);
  }
}
