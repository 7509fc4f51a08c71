package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Proofs.Claim;
import dev.limpet.gateway.placement.Question;
import dev.limpet.gateway.proof.Prover;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * What is found out about the data of a call when what is known is not enough to place it: nodes
 * that announced it show that they have it, and when nobody announced it nodes are asked.
 */
final class DataSearch {
  private final Placement placement;
  private final HolderIndex index;
  private final Prover prover;
  private final Inquiries inquiries;

  DataSearch(Placement placement, HolderIndex index, Prover prover, Inquiries inquiries) {
    this.placement = placement;
    this.index = index;
    this.prover = prover;
    this.inquiries = inquiries;
  }

  /** Whether a node that holds all of the data is free, or none is needed. */
  static boolean isNeedless(Question question, Decision decision) {
    return question.data().isEmpty()
        || (decision instanceof Decision.Run run && run.choices().getFirst().isFreeHolder());
  }

  /**
   * Decides again when more is known. A call that a holder can take waits for nothing: others who
   * say that they have the data show it for the calls that follow.
   */
  Future<Decision> search(AskedCall asked, Question question, Decision first) {
    List<List<Claim>> claims = open(question);
    boolean held = first instanceof Decision.Run run && run.choices().getFirst().bytesToMove() == 0;
    List<Future<Void>> proofs = claims.stream().map(of -> prover.prove(of, false)).toList();
    if (held) {
      return Future.succeededFuture(first);
    }
    Future<Decision> shown =
        proofs.isEmpty()
            ? Future.succeededFuture(first)
            : inTime(asked, Future.all(proofs)).map(_ -> placement.decide(question));
    return asked.caller() == Caller.PUBLIC
        ? shown
        : shown.compose(decision -> inquire(asked, question, decision));
  }

  private List<List<Claim>> open(Question question) {
    List<List<Claim>> open = new ArrayList<>();
    for (Question.Wanted wanted : question.data()) {
      List<Claim> claims = prover.open(wanted.root());
      if (!claims.isEmpty()) {
        open.add(claims);
      }
    }
    return open;
  }

  private static Future<Void> inTime(AskedCall asked, Future<?> proofs) {
    Promise<Void> known = Promise.promise();
    proofs.onSuccess(_ -> known.tryComplete()).onFailure(known::tryFail);
    return asked.inTime(known, "its data was found");
  }

  private Future<Decision> inquire(AskedCall asked, Question question, Decision decision) {
    List<Cid> unknown = inquiries.open(question, decision);
    return unknown.isEmpty()
        ? Future.succeededFuture(decision)
        : inquiries.ask(asked, unknown).map(_ -> placement.decide(question));
  }

  /** Completes when a root is known to have a holder, or everything was tried for the caller. */
  Future<Void> search(Caller caller, Cid root) {
    boolean held = index.holders(root).stream().anyMatch(Holder::counts);
    List<Claim> claims = held ? List.of() : prover.open(root);
    Future<Void> shown = claims.isEmpty() ? Future.succeededFuture() : prover.prove(claims, false);
    return shown.compose(
        _ ->
            caller != Caller.PUBLIC && index.isUnknown(root)
                ? inquiries.ask(root)
                : Future.succeededFuture());
  }
}
