package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.HoldersOffline;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a caller hears when no node can take the call. The public hears no names of nodes. */
final class CallProblems {
  /** A node that comes back joins within a few seconds. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Placement placement;
  private final HolderIndex index;
  private final ExpectedNodes expected;
  private final MuteNodes mute;

  CallProblems(Placement placement, HolderIndex index, ExpectedNodes expected, MuteNodes mute) {
    this.placement = placement;
    this.index = index;
    this.expected = expected;
    this.mute = mute;
  }

  /**
   * Where a call may go.
   *
   * @throws LimpetException the {@link #refusal} when it may go nowhere
   */
  List<Choice> choices(CallPlacing.Placed placed, Caller caller) {
    if (placed.decision() instanceof Decision.Run run) {
      List<Choice> choices = caller == Caller.PUBLIC ? held(run) : run.choices();
      if (!choices.isEmpty()) {
        return choices;
      }
    }
    throw new LimpetException(refusal(placed, caller));
  }

  /**
   * For the public no data travels, also when nobody knows how much it would be: a node that may
   * have all of it answers from that, or not at all.
   */
  private static List<Choice> held(Decision.Run run) {
    return run.choices().stream().filter(Choice::needsNoMove).toList();
  }

  /** Why a call goes nowhere, with the numbers of each node but for the public. */
  Problem refusal(CallPlacing.Placed placed, Caller caller) {
    List<Choice> nodes =
        caller == Caller.PUBLIC
            ? List.of()
            : placement.explain(placed.question(), placed.decision(), Problem.MAX_LISTED);
    return switch (placed.decision()) {
      case Decision.Run _ -> wouldMove(-1, nodes, caller);
      case Decision.WouldMove move -> wouldMove(move.bytes(), nodes, caller);
      case Decision.HoldersOffline offline -> explained(offline(offline.holders(), caller), nodes);
      case Decision.DataNotFound missing -> {
        Problem problem = missing(missing.root(), caller);
        yield problem.code() == ErrorCode.HOLDERS_OFFLINE ? explained(problem, nodes) : problem;
      }
      case Decision.NoNode _ -> noNode(nodes);
    };
  }

  private static Problem wouldMove(long bytes, List<Choice> nodes, Caller caller) {
    String amount = bytes < 0 ? "data" : ByteSizes.format(bytes) + " bytes of data";
    String advice =
        caller == Caller.PUBLIC
            ? "which callers without a token may not cause"
            : "more than Limpet-Max-Fetch allows; raise it, or add the data to a node that is free";
    return explained(
        Problem.of(
            ErrorCode.WOULD_MOVE,
            "no node that holds the data can take the call, and elsewhere "
                + amount
                + " would have to travel, "
                + advice),
        nodes);
  }

  /** Nodes that have the data are known, and none is here that has shown it. */
  static Problem offline(List<KnownNode> holders, Caller caller) {
    return offline(
        holders,
        caller,
        here ->
            "no node could show that it holds the data: "
                + here
                + " announced it and showed nothing yet");
  }

  /** Nodes have shown the data, and none of them can be asked. */
  static Problem unreached(List<KnownNode> holders, Caller caller) {
    return offline(
        holders, caller, here -> "no node that holds the data can be asked now: " + here);
  }

  private static Problem offline(
      List<KnownNode> holders, Caller caller, UnaryOperator<String> ofThoseHere) {
    if (caller == Caller.PUBLIC) {
      return HoldersOffline.problem(List.of(), "every node that holds the data is away");
    }
    List<KnownNode> told = HoldersOffline.told(holders);
    return HoldersOffline.problem(told, sentence(told, ofThoseHere));
  }

  private static String sentence(List<KnownNode> holders, UnaryOperator<String> ofThoseHere) {
    String unbelieved = unbelieved(holders);
    if (!unbelieved.isEmpty()) {
      return unbelieved;
    }
    String here = HoldersOffline.names(holders.stream().filter(KnownNode::servesData));
    String away = HoldersOffline.names(holders.stream().filter(node -> !node.servesData()));
    if (here.isEmpty()) {
      return "every node that holds the data is away (" + away + "); start one of them";
    }
    return ofThoseHere.apply(here) + (away.isEmpty() ? "" : ", and away is " + away);
  }

  /** Of nodes that are here and whose certificates are not believed; empty without any. */
  private static String unbelieved(List<KnownNode> nodes) {
    StringBuilder told = new StringBuilder();
    for (KnownNode node : nodes) {
      String why = node.unbelieved();
      if (why != null && node.servesData()) {
        told.append(told.isEmpty() ? "" : ". ")
            .append(node.name())
            .append(" is not believed to be itself: ")
            .append(why);
      }
    }
    return told.toString();
  }

  /**
   * Nobody announced it, and nobody who was asked has it; or, when somebody who may have it could
   * not be asked, that is not known.
   */
  private Problem missing(Cid root, Caller caller) {
    List<KnownNode> unheard = caller == Caller.PUBLIC ? List.of() : index.silent(root);
    List<KnownNode> silent =
        HoldersOffline.told(unheard.stream().filter(node -> !mute.has(node)).toList());
    List<KnownNode> may = silent.isEmpty() ? expected.now() : silent;
    if (may.isEmpty()) {
      return nowhere(ErrorCode.DATA_NOT_FOUND, root, HoldersOffline.told(unheard));
    }
    if (caller == Caller.PUBLIC) {
      return HoldersOffline.problem(
          List.of(), "a node that may have this data is not here yet; try again soon");
    }
    String sentence =
        silent.isEmpty()
            ? "no node that is here has this data, and these have just gone or not joined yet: "
            : "no node that answered has this data, and these did not answer: ";
    String names = HoldersOffline.names(may.stream());
    return HoldersOffline.problem(may, sentence + names + "; try again soon");
  }

  /**
   * Nobody has it.
   *
   * @param unreached who could not be asked, and does not count
   */
  private Problem nowhere(ErrorCode code, Cid root, List<KnownNode> unreached) {
    boolean failed = index.holders(root).stream().anyMatch(Holder::hasFailed);
    String sentence =
        failed
            ? "who announced " + root + " could not show that it has it; add it again there"
            : "no node ever announced " + root + "; add it to one with limpet add";
    String names = HoldersOffline.names(unreached.stream());
    return Problem.of(
        code,
        unreached.isEmpty()
            ? sentence
            : sentence + ". Not asked was who cannot be reached for some time: " + names);
  }

  /**
   * Nobody who is here is known to hold a root that is read.
   *
   * @param onlyIfCached whether the caller wants it only if it is here, for whom it is no 404
   */
  Problem notHere(Cid root, Caller caller, boolean onlyIfCached) {
    List<Holder> holders = index.holders(root);
    List<KnownNode> shown = nodes(holders.stream().filter(Holder::counts));
    if (!shown.isEmpty()) {
      return unreached(shown, caller);
    }
    List<KnownNode> may = nodes(holders.stream().filter(holder -> !holder.hasFailed()));
    if (may.isEmpty()) {
      return onlyIfCached ? nowhere(ErrorCode.NOT_CACHED, root, List.of()) : missing(root, caller);
    }
    return offline(may, caller);
  }

  private static List<KnownNode> nodes(Stream<Holder> holders) {
    return holders.map(Holder::node).distinct().toList();
  }

  private static Problem noNode(List<Choice> nodes) {
    String unbelieved = unbelieved(nodes.stream().map(Choice::node).toList());
    return explained(
        Problem.of(
                ErrorCode.NO_NODE,
                unbelieved.isEmpty()
                    ? "no node can take the call now; limpet why says why each was left out"
                    : "no node can take the call now. " + unbelieved)
            .withRetryAfter(RETRY_AFTER),
        nodes);
  }

  private static Problem explained(Problem problem, List<Choice> nodes) {
    return problem.withCandidates(nodes.stream().map(Choice::toCandidate).toList());
  }

  /** Nodes were chosen because they seemed to be there, and could not be reached. */
  Problem notConnected(Question question, Caller caller) {
    List<KnownNode> holders =
        nodes(question.data().stream().flatMap(wanted -> index.holders(wanted.root()).stream()));
    if (!holders.isEmpty()) {
      return unreached(holders, caller);
    }
    return noNode(
        caller == Caller.PUBLIC
            ? List.of()
            : placement.explain(question, new Decision.NoNode(), Problem.MAX_LISTED));
  }

  /** A connection broke, and the call may not be repeated. */
  static Problem broken() {
    return Problem.of(
        ErrorCode.NODE_FAILED,
        "the node closed the connection before its answer; what it did is not known");
  }

  /** The answer streams, and the caller could not tell whether it is whole. */
  static Problem needsHttp11() {
    return Problem.of(
        ErrorCode.BAD_REQUEST,
        "this answer streams, and with HTTP/1.0 its end could not be told from a cut;"
            + " ask with HTTP/1.1");
  }
}
