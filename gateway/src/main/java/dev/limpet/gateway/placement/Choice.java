package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.Holds;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A node that was considered for a call.
 *
 * @param node which
 * @param holds how much of the data it has, all inputs together
 * @param bytesToMove how much it would have to fetch, 0 at a holder of all, -1 when unknown
 * @param sources whom it would fetch from, for each root that it lacks
 * @param reason why it may have the call, or may not
 * @param declines why the node does not take the function; empty for other reasons
 * @param cost what it was weighed with
 */
public record Choice(
    KnownNode node,
    Holds holds,
    long bytesToMove,
    List<Supply> sources,
    Reason reason,
    String declines,
    Cost cost) {

  /**
   * Who can be asked for a root.
   *
   * @param root which
   * @param nodes at least one unless nobody can
   */
  public record Supply(Cid root, List<KnownNode> nodes) {
    /** Keeps a copy. */
    public Supply {
      nodes = List.copyOf(nodes);
    }
  }

  /** Why a node gets a call or does not. */
  public enum Reason {
    /** It is thought to keep the answer: nothing runs. */
    KEEPS_ANSWER(true),
    /** It has all of the data and a free place. */
    HOLDS_DATA(true),
    /** It has a copy of all of the data that this gateway had made, and a free place. */
    HOLDS_COPY(true),
    /** It has all of the data, and more calls than it runs at once. */
    HOLDS_DATA_BUSY(true),
    /** The call needs no data. */
    NO_DATA_NEEDED(true),
    /** As above, and more calls than it runs at once. */
    NO_DATA_NEEDED_BUSY(true),
    /** It has at least a part of all of the data, and perhaps all: nobody knows. */
    MAY_HOLD_DATA(true),
    /** It fetches the data from a holder. */
    FETCHES(true),
    /** It asks trustless gateways outside for what no node gives. */
    FETCHES_OUTSIDE(true),
    /** Another node took longer than usual, and the answer is the same here. */
    HEDGES(true),
    /** It would fetch the data, and has more calls than it runs at once. */
    BUSY(false),
    /** More would have to travel than the call allows. */
    TOO_MUCH_TO_MOVE(false),
    /** It announced the data, and has not shown a random block of it yet. */
    NOT_SHOWN(false),
    /** It announced the data, and could not show a random block of it. */
    FAILED_TO_SHOW(false),
    /** Nobody announced the data, and it did not say whether it has it. */
    SILENT(false),
    /** It could not show so much of what it announced that nothing of it counts. */
    NOT_BELIEVED(false),
    /** Nobody who has the data can be asked for it. */
    NO_SOURCE(false),
    /** The function may use more memory than the node gives to one. */
    MEMORY_LIMIT(false),
    /** The function asks for what the node is not, or its owner does not want the function. */
    DECLINES(false),
    /** Nobody has approved it yet. */
    PENDING(false),
    /** It finishes its calls and takes no new ones. */
    DRAINING(false),
    /** It was thrown out. */
    REVOKED(false),
    /** It was not heard of lately. */
    AWAY(false),
    /** The certificate that it shows is not believed. */
    UNBELIEVED(false),
    /** It failed too often lately. */
    FAILING(false),
    /** It said goodbye. */
    GONE(false),
    /** It could, but nodes that have the data come first. */
    NOT_NEEDED(false);

    private final boolean usable;

    Reason(boolean usable) {
      this.usable = usable;
    }

    /** Whether the node may get the call. */
    public boolean isUsable() {
      return usable;
    }
  }

  /** The same node for another reason. */
  public Choice as(Reason other) {
    return new Choice(node, holds, bytesToMove, sources, other, declines, cost);
  }

  /** Whether it has all of the data and a free place, or needs neither. */
  public boolean isFreeHolder() {
    return reason == Reason.HOLDS_DATA
        || reason == Reason.HOLDS_COPY
        || reason == Reason.KEEPS_ANSWER;
  }

  /**
   * Whether it is asked for a kept answer and nothing else: it is not known to have the data, and
   * may fetch none.
   */
  public boolean isForKeptAlone() {
    return reason == Reason.KEEPS_ANSWER
        && holds != Holds.COMPLETE
        && bytesToMove == 0
        && sources.isEmpty();
  }

  /** Whether it has all of the data, or may have it and is asked for nothing else. */
  public boolean needsNoMove() {
    return bytesToMove == 0 || reason == Reason.MAY_HOLD_DATA || reason == Reason.KEEPS_ANSWER;
  }

  /** As answers show it. */
  public Candidate toCandidate() {
    return new Candidate(
        node.name(), holds, bytesToMove, sentence(), node.state(), cost.toCandidate());
  }

  private String sentence() {
    return switch (reason) {
      case KEEPS_ANSWER ->
          "ran the same call before and should have its answer"
              + (holds == Holds.NONE || holds == Holds.PARTIAL
                  ? ", for which it fetches nothing"
                  : "")
              + "; "
              + cost.calls()
              + " calls there now";
      case HOLDS_DATA -> "holds the data; " + cost.calls() + " calls there now";
      case HOLDS_COPY ->
          "holds a copy of the data that the gateway had it make; "
              + cost.calls()
              + " calls there now";
      case HOLDS_DATA_BUSY -> "holds the data, but has many calls (" + cost.calls() + ")";
      case NO_DATA_NEEDED -> "no data is needed; " + cost.calls() + " calls there now";
      case NO_DATA_NEEDED_BUSY -> "no data is needed, but many calls (" + cost.calls() + ")";
      case MAY_HOLD_DATA ->
          "has the first block of the data, and perhaps all of it"
              + (names().isEmpty() ? "" : "; would fetch what is missing from " + names());
      case FETCHES -> "would fetch " + amount() + " from " + names();
      case FETCHES_OUTSIDE -> "would fetch " + amount() + " from its trustless gateways" + others();
      case HEDGES -> "asked too: another node took longer than this function usually does";
      case BUSY -> "would have to fetch the data, and has many calls (" + cost.calls() + ")";
      case TOO_MUCH_TO_MOVE -> "would have to fetch " + amount() + ", more than the call allows";
      case NOT_SHOWN -> "announced the data, and has not shown a random block of it yet";
      case FAILED_TO_SHOW -> "announced the data, and could not show a random block of it";
      case SILENT -> "did not answer whether it has the data";
      case NOT_BELIEVED ->
          "could not show data that it announced, so nothing that it announces counts for now;"
              + " believe it again: limpet nodes approve "
              + node.name();
      case NO_SOURCE -> "does not hold the data, and no holder can be asked for it";
      case MEMORY_LIMIT -> "the function may use more memory than this node gives to one";
      case DECLINES -> declines;
      case PENDING -> "waits to be approved: limpet nodes approve " + node.name();
      case DRAINING -> "takes no new calls: it drains";
      case REVOKED -> "was revoked";
      case AWAY -> "was not heard of since " + node.lastSeen();
      case UNBELIEVED -> "is not believed to be itself: " + node.unbelieved();
      case FAILING -> "failed in the last calls; it is tried again soon";
      case GONE -> "said goodbye at " + node.lastSeen();
      case NOT_NEEDED -> "not needed: other nodes hold the data";
    };
  }

  private String amount() {
    return bytesToMove < 0 ? "an unknown amount" : ByteSizes.format(bytesToMove);
  }

  /** Nodes that are asked first, for those roots that they have. */
  private String others() {
    String names = names();
    return names.isEmpty() ? ": no node gives all of the data" : " and " + names;
  }

  private String names() {
    return sources.stream()
        .flatMap(supply -> supply.nodes().stream())
        .map(KnownNode::name)
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
