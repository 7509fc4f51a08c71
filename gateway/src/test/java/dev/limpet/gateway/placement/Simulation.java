package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.Circuit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run of nodes, their announcements and calls, over the real registry, index, placement,
 * itinerary, retry rule, budget of second tries and circuits: only the clock, the links and the
 * nodes' work are simulated, by a seed. It fails by an {@link AssertionError} when
 *
 * <ul>
 *   <li>a call goes to a node although another that may have it has a free slot and less to move,
 *       or data moves although the queue of a holder is no longer than the move and the queue
 *       there;
 *   <li>the index does not say the truth of each node that runs two announce periods after the last
 *       fault, or counts one that does not run after as many as make a silent node away;
 *   <li>a call goes to a node, or data is to come from one, that only says that it has the data;
 *   <li>a call ends not at all or twice, ran twice without leave, or ran without its caller being
 *       told that it may have, or keeps a place at a node after its end;
 *   <li>more second tries are made, also for calls that wait for longer than usual, than the budget
 *       of all calls has;
 *   <li>a node that fails gets more than one call in the pause of its circuit, or gets none when
 *       the longest pause after the last fault is over.
 * </ul>
 */
final class Simulation {
  private static final Cid FUNCTION = FakeNodes.cid("function");
  private static final int NODES = 4;
  private static final int ROOTS = 3;
  private static final double LOSS = 0.2;
  private static final int STORM_EVERY = 4;
  private static final int STORM = 60;

  /** The queue of so many is longer than a move of the data. */
  private static final int MOST_CALLS = 20;

  /** Announce periods after the last fault until the index is true of nodes that run. */
  private static final int PERIODS = 2;

  /** The same of all nodes: a node that is silent is suspected before it is away. */
  private static final int PERIODS_UNTIL_AWAY = 4;

  private static final Duration BETWEEN_CALLS = Duration.ofMillis(30);

  private final FakeNodes gateway;
  private final Random random;
  private final Random load;
  private Proofs proofs;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<Cid> roots = new ArrayList<>();
  private final Cid nowhere = FakeNodes.cid("what nobody has");
  private final SimulatedCalls calls;
  private final SimulatedCalls.Seen seen;

  Simulation(FakeNodes gateway, long seed) {
    this.gateway = gateway;
    gateway.show = false;
    gateway.signed = false;
    proofs = new Proofs(gateway.index, gateway.time());
    this.random = new Random(seed);
    this.load = new Random(~seed);
    this.calls = new SimulatedCalls(gateway, this::simulated, random);
    this.seen = calls.seen();
  }

  /**
   * One run.
   *
   * @param steps faults, each with two calls or many and a period of announcements after it
   * @return what happened in it
   */
  SimulatedCalls.Seen run(int steps) {
    for (int i = 0; i < ROOTS; i++) {
      roots.add(FakeNodes.cid("root " + i));
    }
    for (int i = 0; i < NODES; i++) {
      SimulatedNode node = new SimulatedNode("n" + i, gateway, random);
      roots.stream().filter(_ -> random.nextInt(3) == 0).forEach(node.holds::add);
      nodes.add(node);
    }
    for (int step = 0; step < steps; step++) {
      fault();
      calls();
      callsOfBusyHolders();
      gateway.pass(FakeNodes.HEARTBEAT);
      nodes.forEach(node -> node.announce(LOSS));
    }
    for (SimulatedNode node : nodes) {
      node.cut = false;
      node.breaks = false;
    }
    converges();
    allGetCalls();
    for (KnownNode node : List.copyOf(gateway.registry.nodes())) {
      gateway.registry.remove(node.name());
    }
    seen.seeds++;
    seen.faults += steps;
    return calls.seen();
  }

  private void fault() {
    SimulatedNode node = nodes.get(random.nextInt(NODES));
    switch (random.nextInt(9)) {
      case 0 -> node.crash();
      case 1, 2 -> node.runs = true;
      case 3 -> node.cut = !node.cut;
      case 4 -> node.holds.add(roots.get(random.nextInt(ROOTS)));
      case 5 -> node.holds.remove(roots.get(random.nextInt(ROOTS)));
      case 6 -> restart();
      case 7 -> lie(node);
      default -> node.breaks = !node.breaks;
    }
    calls.endSome();
  }

  /** Two, or now and then so many that nodes that fail are left alone and the budget is spent. */
  private void calls() {
    call(true);
    call(true);
    if (random.nextInt(STORM_EVERY) == 0) {
      calls.endAll();
      calls.oneBreaksOf = 2;
      for (int i = 0; i < STORM; i++) {
        gateway.pass(BETWEEN_CALLS);
        call(false);
      }
      calls.oneBreaksOf = 5;
    }
  }

  /** A node begins to lie, or to tell the truth. */
  private void lie(SimulatedNode node) {
    node.forges = random.nextBoolean();
    node.lies.clear();
    if (random.nextInt(3) > 0) {
      node.lies.add(nowhere);
      node.lies.add(roots.get(random.nextInt(ROOTS)));
      node.lied.addAll(node.lies);
    }
  }

  /** Nodes that say that they have a root show it, or do not. */
  private void prove(Cid root) {
    for (Proofs.Claim claim : proofs.open(root)) {
      proofs.found(claim, simulated(claim.node()).asked(root));
    }
  }

  private SimulatedNode simulated(KnownNode known) {
    return nodes.stream().filter(node -> node.name.equals(known.name())).findFirst().orElseThrow();
  }

  private void restart() {
    if (random.nextInt(3) == 0) {
      calls.forget();
      gateway.restart();
      proofs = new Proofs(gateway.index, gateway.time());
    }
  }

  private void periods(int periods) {
    for (int period = 0; period < periods; period++) {
      gateway.pass(FakeNodes.HEARTBEAT);
      nodes.forEach(node -> node.announce(0));
    }
  }

  /** After the last fault the index comes to the truth, and stays there. */
  private void converges() {
    List<SimulatedNode> running = nodes.stream().filter(node -> node.runs).toList();
    for (int period = 0; period <= PERIODS_UNTIL_AWAY; period++) {
      periods(period == 0 ? 0 : 1);
      String untrue = untrue(running);
      check(untrue == null || period < PERIODS, untrue + " after " + period);
      seen.periods = Math.max(seen.periods, untrue == null ? 0 : period + 1);
      String ofAll = untrue(nodes);
      check(ofAll == null || period < PERIODS_UNTIL_AWAY, ofAll + " after " + period);
      seen.periodsUntilAway = Math.max(seen.periodsUntilAway, ofAll == null ? 0 : period + 1);
    }
  }

  /** What the index does not say truly of these nodes; null when all is true. */
  private @Nullable String untrue(List<SimulatedNode> judged) {
    String untrue = null;
    for (Cid root : roots) {
      prove(root);
      for (SimulatedNode node : judged) {
        boolean known =
            gateway.index.holders(root).stream()
                .filter(Holder::counts)
                .map(Holder::node)
                .anyMatch(holder -> holder.servesData() && holder.name().equals(node.name));
        KnownNode judge = gateway.registry.find(node.name);
        boolean believed = judge != null && judge.credit().isGood();
        if (node.lied.contains(root)) {
          continue; // what it shows once it may drop, and what it cannot show it may get, in
          // silence
        }
        boolean holds = node.runs && node.holds.contains(root) && believed;
        if (known != holds) {
          untrue = node.name + (holds ? " holds " : " does not hold ") + root;
        }
      }
    }
    return untrue;
  }

  /** No circuit stays open, and no call is left at any node. */
  private void allGetCalls() {
    periods(Math.toIntExact(Circuit.MAX_PAUSE.dividedBy(FakeNodes.HEARTBEAT)));
    calls.endAll();
    Question question = new Question(FUNCTION, FakeNodes.MEMORY, List.of(), 0, Needs.NONE);
    Placement placement = new Placement(gateway.registry, gateway.index);
    Set<String> asked =
        placement.decide(question) instanceof Decision.Run run
            ? run.choices().stream().map(choice -> choice.node().name()).collect(Collectors.toSet())
            : Set.of();
    for (SimulatedNode node : nodes) {
      KnownNode known = gateway.registry.find(node.name);
      check(known == null || known.calls() == 0, node.name + " has calls that ended");
      check(!node.runs || asked.contains(node.name), node.name + " works and gets no call");
    }
  }

  private void call(boolean stays) {
    Cid root = random.nextInt(9) == 0 ? nowhere : roots.get(random.nextInt(ROOTS));
    if (random.nextBoolean()) {
      prove(root);
    }
    Question question =
        new Question(
            FUNCTION,
            FakeNodes.MEMORY,
            List.of(Question.Wanted.whole(root)),
            random.nextBoolean() ? 0 : Question.DEFAULT_MAX_FETCH_BYTES,
            Needs.NONE,
            null,
            keeper());
    Placement placement = new Placement(gateway.registry, gateway.index);
    if (placement.decide(question) instanceof Decision.Run run) {
      check(!root.equals(nowhere), "a call goes where its data never was");
      obeysTheRule(ofTheRule(run.choices(), placement, question), question);
      calls.travel(placement, question, run.choices(), stays);
    } else {
      seen.refused++;
    }
  }

  /** Those who hold the data have calls, some of them so many that a move is quicker. */
  private void callsOfBusyHolders() {
    Placement placement = new Placement(gateway.registry, gateway.index);
    for (Cid root : roots) {
      List<KnownNode> busy = new ArrayList<>();
      for (Holder holder : gateway.index.holders(root)) {
        busy.addAll(Collections.nCopies(load.nextInt(MOST_CALLS), holder.node()));
      }
      busy.forEach(KnownNode::callStarted);
      List<Question.Wanted> wanted = List.of(Question.Wanted.whole(root));
      long most = Question.DEFAULT_MAX_FETCH_BYTES;
      Question question = new Question(FUNCTION, FakeNodes.MEMORY, wanted, most, Needs.NONE);
      if (placement.decide(question) instanceof Decision.Run run) {
        obeysTheRule(run.choices(), question);
      }
      busy.forEach(KnownNode::callEnded);
    }
  }

  /** Of some calls somebody is thought to keep the answer, rightly or not. */
  private int keeper() {
    KnownNode node = gateway.registry.find(nodes.get(random.nextInt(NODES)).name);
    return node == null || random.nextInt(3) > 0 ? 0 : node.mark();
  }

  /** Without the keeper, whom a call asks first and to whom nothing moves. */
  private static List<Choice> ofTheRule(
      List<Choice> choices, Placement placement, Question question) {
    Choice first = choices.getFirst();
    if (first.reason() != Choice.Reason.KEEPS_ANSWER) {
      return choices;
    }
    KnownNode keeper = first.node();
    check(keeper.mark() == question.keeper(), keeper + " is asked for what another keeps");
    check(keeper.isReady() && !keeper.isSuspect(), keeper + " may have no call");
    check(choices.stream().skip(1).noneMatch(c -> c.node() == keeper), keeper + " is asked twice");
    return placement.decide(question.avoiding(null)) instanceof Decision.Run run
        ? run.choices()
        : List.of();
  }

  /** Checked by what the index says, not by what placement found. */
  private void obeysTheRule(List<Choice> choices, Question question) {
    Choice chosen = choices.getFirst();
    Set<KnownNode> holders =
        gateway.index.holders(question.data().getFirst().root()).stream()
            .filter(Holder::counts)
            .map(Holder::node)
            .filter(node -> node.isReady() && !node.isSuspect())
            .collect(Collectors.toSet());
    boolean moves =
        gateway.index.holders(question.data().getFirst().root()).stream()
            .filter(Holder::counts)
            .noneMatch(holder -> holder.node() == chosen.node());
    check(moves == (chosen.bytesToMove() > 0), "what moves is not what is lacking");
    long move = CostModel.moveMicros(chosen.bytesToMove(), chosen.node().pace().bytesPerSecond());
    long begins = move + CostModel.queueMicros(chosen.node().calls(), 1, runMicros(chosen.node()));
    seen.moved += moves && !holders.isEmpty() ? 1 : 0;
    for (KnownNode holder : holders) {
      long queue = CostModel.queueMicros(holder.calls(), 1, runMicros(holder));
      check(!moves || queue > begins, holder.name() + " holds the data and is free enough");
      boolean idle = holder.calls() == 0;
      check(!idle || chosen.node().calls() == 0, holder.name() + " is idle and holds the data");
    }
  }

  private static long runMicros(KnownNode node) {
    return node.pace().runMicros();
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
