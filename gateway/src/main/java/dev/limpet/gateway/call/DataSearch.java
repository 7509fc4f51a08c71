package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Proofs.Claim;
import dev.limpet.gateway.placement.Question;
import dev.limpet.gateway.proof.Prover;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is found out for a call when what is known is not enough to place it: nodes that announced
 * its data show that they have it, when nobody announced it nodes are asked, and when all who have
 * it, or all who take the function, are away these are asked whether they answer.
 */
final class DataSearch {
  private final Placement placement;
  private final HolderIndex index;
  private final Prover prover;
  private final Inquiries inquiries;
  private final Recalls recalls;

  DataSearch(
      Placement placement, HolderIndex index, Prover prover, Inquiries inquiries, Recalls recalls) {
    this.placement = placement;
    this.index = index;
    this.prover = prover;
    this.inquiries = inquiries;
    this.recalls = recalls;
  }

  /** Whether a node that holds all of the data is free, or without data any may have the call. */
  static boolean isNeedless(Question question, Decision decision) {
    return decision instanceof Decision.Run run
        && (question.data().isEmpty() || run.choices().getFirst().isFreeHolder());
  }

  /**
   * Decides again when more is known. A call that a holder can take waits for nothing: others who
   * say that they have the data show it for the calls that follow. No call is refused because of
   * what a node announced while others were asked before it is asked, too: once, so that nodes
   * which come and go hold no call until its deadline.
   */
  Future<Decision> search(AskedCall asked, Question question, Decision first) {
    Function<List<Future<Void>>, Future<Void>> inTime = proofs -> inTime(asked, proofs);
    return shown(question, first, inTime)
        .compose(decision -> inquire(asked, question, decision))
        .compose(
            decision ->
                decision instanceof Decision.HoldersOffline
                    ? shown(question, decision, inTime)
                    : Future.succeededFuture(decision))
        .compose(decision -> recall(asked, question, decision));
  }

  /**
   * Decides again when those who could take the call are away and one of them answers all the same.
   * The one that the caller picked is asked first and waited for; others are asked, too, and get
   * the call when it cannot.
   */
  private Future<Decision> recall(AskedCall asked, Question question, Decision decision) {
    List<KnownNode> nodes;
    Cid wanted;
    switch (decision) {
      case Decision.HoldersOffline offline -> {
        nodes = offline.holders();
        wanted = question.data().getFirst().root();
      }
      case Decision.NoNode _ -> {
        nodes = recalls.silent((_, link) -> link.takes(question));
        wanted = question.function();
      }
      case Decision.Run _, Decision.WouldMove _, Decision.DataNotFound _ -> {
        return Future.succeededFuture(decision);
      }
    }
    List<KnownNode> pickedFirst =
        nodes.stream().sorted(Comparator.comparing(question::avoids)).toList();
    Future<Boolean> recalled =
        recalls.recall(
            pickedFirst, wanted, () -> placement.decide(question) instanceof Decision.Run);
    return inTime(asked, recalled).map(back -> back ? placement.decide(question) : decision);
  }

  /**
   * Decides again when those have shown their data who say that they have it; also when nothing is
   * left to show: it may have been shown since the first look.
   *
   * @param inTime completes with all of these
   */
  Future<Decision> shown(
      Question question, Decision first, Function<List<Future<Void>>, Future<Void>> inTime) {
    List<Future<Void>> proofs = open(question).stream().map(prover::prove).toList();
    return isHeld(first)
        ? Future.succeededFuture(first)
        : inTime.apply(proofs).map(_ -> placement.decide(question));
  }

  /** Whether the best node has all of the data. */
  private static boolean isHeld(Decision decision) {
    return decision instanceof Decision.Run run && run.choices().getFirst().bytesToMove() == 0;
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

  /** Completes with all of these; fails with {@code out-of-time} when the call's time is over. */
  private static Future<Void> inTime(AskedCall asked, List<Future<Void>> all) {
    return inTime(asked, Future.all(all)).mapEmpty();
  }

  private static <T> Future<T> inTime(AskedCall asked, Future<T> found) {
    Promise<T> known = Promise.promise();
    found.onSuccess(known::tryComplete).onFailure(known::tryFail); // which may come too late
    return asked.inTime(known, "a node for it was found");
  }

  /** Asks for what nobody announced, when that matters and nobody was asked lately. */
  private Future<Decision> inquire(AskedCall asked, Question question, Decision decision) {
    List<Cid> unknown =
        asked.caller() == Caller.PUBLIC || isHeld(decision)
            ? List.of()
            : question.data().stream().map(Question.Wanted::root).filter(index::isUnknown).toList();
    return unknown.isEmpty()
        ? Future.succeededFuture(decision)
        : inTime(asked, unknown.stream().map(inquiries::ask).toList())
            .map(_ -> placement.decide(question));
  }

  /** Completes when a root is known to have a holder, or everything was tried for the caller. */
  Future<Void> search(Caller caller, Cid root) {
    if (isReadable(root)) {
      return Future.succeededFuture();
    }
    return shown(root)
        .compose(
            _ ->
                caller != Caller.PUBLIC && index.isUnknown(root)
                    ? inquiries.ask(root).compose(_ -> shown(root)) // or announced meanwhile
                    : Future.succeededFuture())
        .compose(_ -> recall(root));
  }

  private Future<Void> shown(Cid root) {
    return isShown(root) ? Future.succeededFuture() : prover.prove(prover.open(root));
  }

  private Future<Void> recall(Cid root) {
    return isReadable(root)
        ? Future.succeededFuture()
        : recalls.recall(holders(root).toList(), root, () -> isReadable(root)).mapEmpty();
  }

  private boolean isShown(Cid root) {
    return holders(root).findAny().isPresent();
  }

  private boolean isReadable(Cid root) {
    return holders(root).anyMatch(KnownNode::isReadable);
  }

  /** Those who have shown it. */
  private Stream<KnownNode> holders(Cid root) {
    return index.holders(root).stream().filter(Holder::counts).map(Holder::node);
  }
}
