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

  CallProblems(Placement placement, HolderIndex index, ExpectedNodes expected) {
    this.placement = placement;
    this.index = index;
    this.expected = expected;
  }

  /**
   * The choices of a decision, or the problem that it is. Who is told the numbers of a refusal is
   * told those it was made with: for that it is decided again, which may now find a node.
   */
  List<Choice> choices(Decision decision, Question question, Caller caller) {
    boolean refused = decision instanceof Decision.WouldMove || decision instanceof Decision.NoNode;
    if (!refused || caller == Caller.PUBLIC) {
      return choices(decision, List.of(), caller);
    }
    Placement.Explained again = placement.explain(question, Problem.MAX_LISTED);
    return choices(again.decision(), again.nodes(), caller);
  }

  private List<Choice> choices(Decision decision, List<Choice> nodes, Caller caller) {
    return switch (decision) {
      case Decision.Run run -> caller == Caller.PUBLIC ? held(run) : run.choices();
      case Decision.WouldMove move -> throw wouldMove(move.bytes(), nodes, caller);
      case Decision.HoldersOffline offline ->
          throw new LimpetException(offline(offline.holders(), caller));
      case Decision.DataNotFound missing -> throw missing(missing.root(), caller);
      case Decision.NoNode _ -> throw new LimpetException(noNode(nodes));
    };
  }

  /**
   * For the public no data travels, also when nobody knows how much it would be: a node that may
   * have all of it answers from that, or not at all.
   */
  private static List<Choice> held(Decision.Run run) {
    List<Choice> held = run.choices().stream().filter(Choice::needsNoMove).toList();
    if (held.isEmpty()) {
      throw wouldMove(-1, List.of(), Caller.PUBLIC);
    }
    return held;
  }

  private static LimpetException wouldMove(long bytes, List<Choice> nodes, Caller caller) {
    String amount = bytes < 0 ? "data" : ByteSizes.format(bytes) + " bytes of data";
    String advice =
        caller == Caller.PUBLIC
            ? "which callers without a token may not cause"
            : "more than Limpet-Max-Fetch allows; raise it, or add the data to a node that is free";
    return new LimpetException(
        explained(
            Problem.of(
                ErrorCode.WOULD_MOVE,
                "no node that holds the data can take the call, and elsewhere "
                    + amount
                    + " would have to travel, "
                    + advice),
            nodes));
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
  private LimpetException missing(Cid root, Caller caller) {
    List<KnownNode> silent =
        caller == Caller.PUBLIC ? List.of() : HoldersOffline.told(index.silent(root));
    List<KnownNode> may = silent.isEmpty() ? expected.now() : silent;
    if (may.isEmpty()) {
      return nowhere(ErrorCode.DATA_NOT_FOUND, root);
    }
    if (caller == Caller.PUBLIC) {
      return new LimpetException(
          HoldersOffline.problem(
              List.of(), "a node that may have this data is not here yet; try again soon"));
    }
    String sentence =
        silent.isEmpty()
            ? "no node that is here has this data, and these have just gone or not joined yet: "
            : "no node that answered has this data, and these did not answer: ";
    String names = HoldersOffline.names(may.stream());
    return new LimpetException(HoldersOffline.problem(may, sentence + names + "; try again soon"));
  }

  private LimpetException nowhere(ErrorCode code, Cid root) {
    boolean failed = index.holders(root).stream().anyMatch(Holder::hasFailed);
    return new LimpetException(
        code,
        failed
            ? "who announced " + root + " could not show that it has it; add it again there"
            : "no node ever announced " + root + "; add it to one with limpet add");
  }

  /**
   * Nobody who is here is known to hold a root that is read.
   *
   * @param onlyIfCached whether the caller wants it only if it is here, for whom it is no 404
   */
  LimpetException notHere(Cid root, Caller caller, boolean onlyIfCached) {
    List<Holder> holders = index.holders(root);
    List<KnownNode> shown = nodes(holders.stream().filter(Holder::counts));
    if (!shown.isEmpty()) {
      return new LimpetException(unreached(shown, caller));
    }
    List<KnownNode> may = nodes(holders.stream().filter(holder -> !holder.hasFailed()));
    if (may.isEmpty()) {
      return onlyIfCached ? nowhere(ErrorCode.NOT_CACHED, root) : missing(root, caller);
    }
    return new LimpetException(offline(may, caller));
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
            : placement.explain(question, Problem.MAX_LISTED).nodes());
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
