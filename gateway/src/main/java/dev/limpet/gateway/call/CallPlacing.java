package dev.limpet.gateway.call;

import dev.limpet.gateway.function.FunctionLookup;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.PathSize;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import io.vertx.core.Future;

/**
 * Where a call goes: decided by what is known, or else by what is found out about its data for it.
 * Nothing runs and no place is taken here, so that whoever asks where a call would go gets the
 * decision that the call gets.
 */
final class CallPlacing {
  private final FunctionLookup functions;
  private final Placement placement;
  private final DataSearch search;
  private final PathSize sizes;

  CallPlacing(FunctionLookup functions, Placement placement, DataSearch search, PathSize sizes) {
    this.functions = functions;
    this.placement = placement;
    this.search = search;
    this.sizes = sizes;
  }

  /** A decision, and the question that it answers. */
  record Placed(Question question, Decision decision) {}

  /** What a call needs of a node, as far as that is known without asking anybody. */
  Question question(AskedCall asked, StoredFunction function) {
    return new Question(
        function.cid(),
        function.memoryBytes(),
        asked.roots(),
        asked.maxFetchBytes(),
        functions.needs(function),
        asked.pick(),
        asked.turn().keeper());
  }

  /**
   * Decides; at once unless nodes must be asked. Fails with {@code out-of-time} or {@code
   * overloaded} when they cannot be.
   */
  Future<Placed> place(AskedCall asked, Question question) {
    Decision decision = placement.decide(question);
    return DataSearch.isNeedless(question, decision)
        ? weighed(asked, question, decision)
        : search
            .search(asked, question, decision)
            .compose(found -> weighed(asked, question, found));
  }

  /** Decides by what is known now. */
  Placed known(Question question) {
    return settled(question, placement.decide(question));
  }

  private Future<Placed> weighed(AskedCall asked, Question question, Decision decision) {
    return asked.caller() != Caller.PUBLIC && PathSize.matters(decision, asked.inputs())
        ? sizes.weigh(question, asked.inputs()).map(this::known)
        : Future.succeededFuture(settled(question, decision));
  }

  /** A node that is to be avoided may have the call when no other can, and so the other way. */
  private Placed settled(Question question, Decision decision) {
    if (question.pick() == null || decision instanceof Decision.Run) {
      return new Placed(question, decision);
    }
    Question anywhere = question.avoiding(null);
    return new Placed(anywhere, placement.decide(anywhere));
  }
}
