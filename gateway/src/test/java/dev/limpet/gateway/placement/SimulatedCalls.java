package dev.limpet.gateway.placement;

import static dev.limpet.gateway.placement.Simulation.check;

import dev.limpet.gateway.admission.Circuit;
import dev.limpet.gateway.admission.RetryBudget;
import dev.limpet.gateway.placement.Itinerary.Stop;
import dev.limpet.gateway.proxy.RetryRule;
import dev.limpet.gateway.proxy.RetryRule.Reached;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The ways of calls along the real itinerary, retry rule, budget and circuits, as the gateway goes
 * them; only what nodes do is simulated.
 */
final class SimulatedCalls {
  private final FakeNodes gateway;
  private final Function<KnownNode, SimulatedNode> nodes;
  private final Random random;
  private final RetryBudget budget = new RetryBudget();
  private final List<KnownNode> working = new ArrayList<>();
  private final Map<String, Long> trials = new HashMap<>();
  private final Seen seen = new Seen();
  private long calls;

  /** One of so many calls breaks off. */
  int oneBreaksOf = 5;

  /** How often things happened of which it is said that they do no harm. */
  static final class Seen {
    long seeds;
    long faults;
    long calls;

    /** Calls that no node was found for. */
    long refused;

    /** Calls that nodes were found for, and that ended without an answer. */
    long failed;

    long again;
    long hedged;
    long denied;
    long opened;

    /** Calls whose data moved, since that took less time than the queues of those that hold it. */
    long moved;

    /** The most announce periods after the last fault until the index was true of all that run. */
    int periods;

    /** The same of those, too, that do not run. */
    int periodsUntilAway;

    void add(Seen other) {
      seeds += other.seeds;
      faults += other.faults;
      calls += other.calls;
      refused += other.refused;
      failed += other.failed;
      again += other.again;
      hedged += other.hedged;
      denied += other.denied;
      opened += other.opened;
      moved += other.moved;
      periods = Math.max(periods, other.periods);
      periodsUntilAway = Math.max(periodsUntilAway, other.periodsUntilAway);
    }

    @Override
    public String toString() {
      return seeds
          + (" seeds, " + faults + " faults; ")
          + (calls + " calls, " + refused + " refused, " + failed + " failed; ")
          + (again + " second tries, " + hedged + " of them hedges, " + denied + " denied; ")
          + (opened + " circuits opened, " + moved + " moves past a queue; ")
          + ("index true after " + periods + " periods at most, ")
          + ("of dead nodes after " + periodsUntilAway);
    }
  }

  /** What became of one attempt. */
  private enum Outcome {
    ANSWERED,
    /** It runs, and its answer is late. */
    SLOW,
    NO_CONNECTION,
    REFUSED,
    BROKEN;

    @Nullable Reached reached() {
      return switch (this) {
        case ANSWERED, SLOW -> null;
        case NO_CONNECTION -> Reached.NOTHING;
        case REFUSED -> Reached.REFUSED;
        case BROKEN -> Reached.REQUEST;
      };
    }
  }

  /** One call, and how often it ran. */
  private final class Call {
    final Question question;
    final boolean repeatable = random.nextBoolean();
    int runs;
    int hedges;

    Call(Question question) {
      this.question = question;
    }
  }

  SimulatedCalls(FakeNodes gateway, Function<KnownNode, SimulatedNode> nodes, Random random) {
    this.gateway = gateway;
    this.nodes = nodes;
    this.random = random;
  }

  Seen seen() {
    seen.denied = budget.denied();
    seen.calls = calls + seen.refused;
    return seen;
  }

  /** The gateway is another process, and knows of no call and no failure. */
  void forget() {
    working.clear();
    trials.clear();
  }

  /** Some of the calls that have their answer coming end. */
  void endSome() {
    while (!working.isEmpty() && random.nextInt(3) > 0) {
      working.remove(random.nextInt(working.size())).callEnded();
    }
  }

  void endAll() {
    working.forEach(KnownNode::callEnded);
    working.clear();
  }

  /**
   * A call, from node to node until it is answered or its caller is told why not.
   *
   * @param stays whether it still runs after this
   */
  void travel(Placement placement, Question question, List<Choice> choices, boolean stays) {
    Call call = new Call(question);
    calls++;
    budget.called();
    Choice first = choices.getFirst();
    first.node().callStarted();
    Itinerary itinerary = new Itinerary(placement, question, choices, first.node());
    NodeLink link = first.node().link();
    if (link == null) {
      throw new AssertionError("a node without a link was chosen");
    }
    Stop at = new Stop(first, link);
    boolean repeated = false;
    while (true) {
      Outcome outcome = attempt(call, at.choice());
      if (outcome == Outcome.SLOW && call.repeatable && hedged(call, itinerary)) {
        at.choice().node().callEnded(); // told to stop
        break;
      }
      Reached reached = outcome.reached();
      if (reached == null) {
        answered(at.choice().node(), stays);
        break;
      }
      learn(at.choice().node(), reached);
      if (reached == Reached.REQUEST) {
        itinerary.comeBack(at);
      }
      at.choice().node().callEnded();
      boolean vain = outcome == Outcome.REFUSED && at.choice().isForKeptAlone();
      if (!mayTryNext(
          itinerary,
          vain,
          new RetryRule.Situation(reached, call.repeatable, true, true, repeated))) {
        check(
            call.runs == 0 || reached == Reached.REQUEST || call.repeatable,
            "ran, and its caller was told that it did not");
        seen.failed++;
        break;
      }
      repeated |= reached == Reached.REQUEST;
      at = itinerary.next();
    }
    check(call.runs <= (call.repeatable ? 2 : 1) + call.hedges, "ran " + call.runs + " times");
  }

  /** As a transfer decides it. */
  private boolean mayTryNext(Itinerary itinerary, boolean vain, RetryRule.Situation now) {
    return itinerary.hasNext()
        && RetryRule.mayTryNext(now)
        && (vain || now.reached() == Reached.NOTHING || spend());
  }

  private boolean spend() {
    if (!budget.spend()) {
      return false;
    }
    seen.again++;
    long most = RetryBudget.MAX_SAVED + calls / RetryBudget.CALLS_PER_TRY;
    check(seen.again <= most, seen.again + " second tries for " + calls + " calls");
    return true;
  }

  /** Whether a second node has answered before the first, which is slow. */
  private boolean hedged(Call call, Itinerary itinerary) {
    Choice other = itinerary.enterOther(this::spend);
    if (other == null) {
      return false;
    }
    call.hedges++;
    seen.hedged++;
    Outcome outcome = attempt(call, other);
    Reached reached = outcome.reached();
    if (reached == null) {
      answered(other.node(), false);
      return true;
    }
    learn(other.node(), reached);
    other.node().callEnded();
    return false;
  }

  private void answered(KnownNode node, boolean stays) {
    node.circuit().worked();
    if (stays) {
      working.add(node);
    } else {
      node.callEnded();
    }
  }

  private void learn(KnownNode node, Reached reached) {
    boolean open = node.circuit().isOpen();
    switch (reached) {
      case NOTHING, REQUEST -> node.circuit().failed();
      case REFUSED, ENDED -> node.circuit().worked();
    }
    seen.opened += !open && node.circuit().isOpen() ? 1 : 0;
  }

  /** One node is asked. */
  private Outcome attempt(Call call, Choice at) {
    Circuit circuit = at.node().circuit();
    if (circuit.isOpen()) {
      long now = gateway.time().ticks();
      Long before = trials.put(at.node().name(), now);
      check(
          before == null || now - before >= Circuit.FIRST_PAUSE.toNanos(),
          at.node() + " fails and is tried by more than one call");
    }
    circuit.tries();
    SimulatedNode node = nodes.apply(at.node());
    if (!node.runs || node.cut) {
      return Outcome.NO_CONNECTION;
    }
    boolean held =
        call.question.data().stream().allMatch(wanted -> node.holds.contains(wanted.root()));
    if (at.bytesToMove() == 0 && !held) {
      return Outcome.REFUSED;
    }
    boolean broken = node.breaks || random.nextInt(oneBreaksOf) == 0;
    call.runs += !broken || random.nextBoolean() ? 1 : 0;
    if (broken) {
      return Outcome.BROKEN;
    }
    return random.nextInt(4) == 0 ? Outcome.SLOW : Outcome.ANSWERED;
  }
}
