package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.SharedWork;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Proofs.Finding;
import dev.limpet.gateway.proof.Prover;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.protocol.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Asks nodes for a root that nobody announced: a block deep inside of a DAG is not, and may be
 * named by a caller. Those that went silent are asked last, when nobody who is here has it. Nodes
 * answer from what they have and fetch nothing, and who says that it has the root shows a random
 * block of it. What they answer is remembered in the index, also that nobody has it, and who did
 * not answer. Callers without a token cause none of this.
 */
final class Inquiries {
  /** Nodes that are asked for one root; of more, as many at random. */
  static final int MAX_ASKED_NODES = 64;

  /** Of these, at once. */
  static final int MAX_ASKED_AT_ONCE = 16;

  /** Roots that are asked for at once. */
  static final int MAX_INQUIRIES = 32;

  private final NodeRegistry registry;
  private final HolderIndex index;
  private final NodeClient client;
  private final Prover prover;
  private final MuteNodes mute;
  private final Recalls recalls;
  private final Permits permits = new Permits("questions for data", MAX_INQUIRIES);
  private final SharedWork<Cid, Void> running = new SharedWork<>();

  /**
   * What it works with.
   *
   * @param registry the nodes
   * @param index where answers are remembered
   * @param client reaches nodes
   * @param prover has nodes show what they say they have
   */
  record Ground(NodeRegistry registry, HolderIndex index, NodeClient client, Prover prover) {}

  Inquiries(Ground ground, MuteNodes mute, Recalls recalls) {
    this.registry = ground.registry;
    this.mute = mute;
    this.recalls = recalls;
    this.index = ground.index;
    this.client = ground.client;
    this.prover = ground.prover;
  }

  /**
   * Asks for one root; callers that want the same one share the answer. When it completes the index
   * knows what was answered. Fails with {@code overloaded} when too much is asked for.
   */
  Future<Void> ask(Cid root) {
    return running.of(root.toV1(), () -> begin(root));
  }

  private Future<Void> begin(Cid root) {
    return permits.during(() -> new Round(root, believed(root)).begin());
  }

  /** Not those that announced it and could not show it, nor those that are not believed. */
  private Predicate<KnownNode> believed(Cid root) {
    Set<KnownNode> failed =
        index.holders(root).stream()
            .filter(Holder::hasFailed)
            .map(Holder::node)
            .collect(Collectors.toSet());
    return node -> node.credit().isGood() && !failed.contains(node);
  }

  private Deque<KnownNode> here(Predicate<KnownNode> believed) {
    List<KnownNode> nodes = new ArrayList<>();
    for (KnownNode node : registry.byName()) {
      if (node.servesData() && believed.test(node)) {
        nodes.add(node);
      }
    }
    Collections.shuffle(nodes);
    return new ArrayDeque<>(nodes.subList(0, Math.min(MAX_ASKED_NODES, nodes.size())));
  }

  /**
   * One root; ends when all were asked, or some have it and nobody is being asked any more. Who
   * went silent and answers that it is here is asked as the others were, and who does not is as
   * unknown as it was.
   */
  private final class Round {
    private final Cid root;
    private final Predicate<KnownNode> believed;
    private final Deque<KnownNode> left;
    private final List<KnownNode> found = new ArrayList<>();
    private final List<KnownNode> silent = new ArrayList<>();
    private final Promise<Void> end = Promise.promise();
    private int arrivals = index.arrivals();
    private int asking;
    private boolean recalled;

    Round(Cid root, Predicate<KnownNode> believed) {
      this.root = root;
      this.believed = believed;
      this.left = here(believed);
    }

    Future<Void> begin() {
      more();
      return end.future();
    }

    private synchronized void more() {
      while (found.isEmpty() && asking < MAX_ASKED_AT_ONCE && !left.isEmpty()) {
        KnownNode node = left.removeFirst();
        asking++;
        look(node)
            .onComplete(
                done -> answered(node, done.succeeded() ? done.result() : Finding.UNANSWERED));
      }
      if (asking == 0 && found.isEmpty() && !recalled) {
        recall();
      } else if (asking == 0) {
        index.remember(root, new HolderIndex.Answers(found, silent, arrivals));
        end.tryComplete();
      }
    }

    private void recall() {
      recalled = true;
      asking++;
      List<KnownNode> away = recalls.silent((node, _) -> believed.test(node));
      recalls.recall(away, root, () -> false).onComplete(_ -> recalled(away));
    }

    private synchronized void recalled(List<KnownNode> asked) {
      asking--;
      List<KnownNode> back =
          asked.stream().filter(KnownNode::servesData).limit(MAX_ASKED_NODES).toList();
      left.addAll(back);
      arrivals += back.size(); // those who came since and are not asked make the answer an old one
      more();
    }

    private synchronized void answered(KnownNode node, Finding finding) {
      asking--;
      switch (finding) {
        case SHOWN -> found.add(node);
        case UNANSWERED -> silent.add(node);
        case MISSING, WRONG -> {}
      }
      more();
    }

    private Future<Finding> look(KnownNode node) {
      NodeLink link = node.link();
      if (link == null) {
        return Future.succeededFuture(Finding.UNANSWERED);
      }
      return DataQuestion.ask(client, link, root)
          .onSuccess(_ -> mute.answered(link))
          .onFailure(_ -> mute.failed(link))
          .compose(
              answer ->
                  answer.isSuccess()
                      ? prover.shows(node, root)
                      : Future.succeededFuture(refusal(answer)));
    }

    /**
     * Whether a refusal says that the node has it not, or nothing of what it has: one that does not
     * know this gateway yet, or has too much to do.
     */
    private static Finding refusal(NodeClient.Answer answer) {
      boolean lacks =
          answer.status() / 100 == 4
              && answer.status() != ErrorCode.OVERLOADED.status()
              && !DataQuestion.isOfStranger(answer);
      return lacks ? Finding.MISSING : Finding.UNANSWERED;
    }
  }
}
