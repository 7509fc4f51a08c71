package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Choice.Reason;
import dev.limpet.protocol.Holds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which nodes may get a call, in which order, and can say why.
 *
 * <p>A function goes to its data. Nodes that may not have the call are left out: those that are not
 * here, that give less memory than the function may use, that decline it; and of holders those that
 * have not shown that they have what they announced ({@link Proofs}). The others are weighed by the
 * {@link CostModel}. While a node that holds all of the data has a free slot, the holders share the
 * call among them. When none has, a node that would fetch what it lacks comes first if the move
 * takes less time than the shortest queue, and if the call allows that much to travel. Last come
 * nodes that can get from outside what no node gives. Before all of them comes the one that is
 * thought to keep the answer, busy or not, and whether it has the data or not.
 *
 * <p>{@link #decide} is on the way of every call and looks at nodes without the data only when no
 * holder is free, and at no more of them than tell whether one is. {@link #explain} says of as many
 * nodes as are shown why a decision was for or against them, for people.
 */
public final class Placement {
  /** Nodes that one call may be sent to, one after the other; more would outlast its deadline. */
  public static final int MAX_CHOICES = 4;

  /**
   * Nodes with a free slot that are weighed of those that have nothing of the data: enough to share
   * the calls, and a decision takes as long among ten thousand nodes as among some hundreds.
   */
  static final int MAX_FREE_WEIGHED = 64;

  /** The same for nodes that take such a function, with and without a free slot. */
  static final int MAX_WEIGHED = 256;

  /** Peers that are named to a node that must fetch; more do not make it faster. */
  public static final int MAX_NAMED_SOURCES = 4;

  private final NodeRegistry registry;
  private final HolderIndex index;

  /** Decides by what these know at the time. */
  public Placement(NodeRegistry registry, HolderIndex index) {
    this.registry = registry;
    this.index = index;
  }

  /** Where a call goes. */
  public Decision decide(Question question) {
    return decide(new Scale(question), new Field(index, question));
  }

  private Decision decide(Scale scale, Field field) {
    Decision decision = field.isEmpty() ? anywhere(scale) : byData(scale, field);
    KnownNode keeper = keeper(scale.question());
    return keeper != null && decision instanceof Decision.Run run
        ? firstAt(keeper, run, scale, field)
        : decision;
  }

  /** The node that is thought to keep the answer of a call, wherever it is now; or null. */
  public @Nullable KnownNode keeper(Question question) {
    return question.keeper() == 0 ? null : registry.ring().marked(question.keeper());
  }

  /** The same choices behind the node that keeps the answer, if that may have the call. */
  private static Decision firstAt(KnownNode keeper, Decision.Run run, Scale scale, Field field) {
    NodeLink link = usable(keeper, scale.question());
    boolean trusted = keeper.credit().isGood() && !field.hasFailed(keeper);
    if (link == null || !trusted || keeper.isSuspect()) {
      return run;
    }
    List<Choice> choices = new ArrayList<>(MAX_CHOICES);
    scale.weigh(keeper, link, 0);
    choices.add(scale.choice(keeper, field.holds(keeper), List.of(), Reason.KEEPS_ANSWER));
    for (Choice choice : run.choices()) {
      if (choice.node() != keeper) {
        choices.add(choice);
      } else if (choice.needsNoMove() || run.choices().size() == 1) { // may go on by itself
        choices.set(0, choice.as(Reason.KEEPS_ANSWER));
      }
    }
    return new Decision.Run(choices.subList(0, Math.min(MAX_CHOICES, choices.size())));
  }

  private Decision byData(Scale scale, Field field) {
    Ranking holders = new Ranking(false);
    long shortestQueue = Long.MAX_VALUE;
    for (Holder holder : field.first()) {
      KnownNode node = holder.node();
      NodeLink link = holder.complete() ? usable(node, scale.question()) : null;
      if (link != null && field.hasRest(node)) {
        scale.weigh(node, link, 0);
        shortestQueue = Math.min(shortestQueue, scale.queue());
        offer(holders, node, scale, holder.isCopy() ? Reason.HOLDS_COPY : Reason.HOLDS_DATA);
      }
    }
    // No move takes less time than this: holders that wait no longer share the call among them.
    return !holders.isEmpty() && shortestQueue <= CostModel.FETCH_MICROS
        ? new Decision.Run(holders.best())
        : elsewhere(scale, field, holders, shortestQueue);
  }

  private static void offer(Ranking ranking, KnownNode node, Scale scale, Reason free) {
    Holds holds = free == Reason.NO_DATA_NEEDED ? Holds.NONE : Holds.COMPLETE;
    if (ranking.takes(scale, holds)) {
      ranking.add(scale, scale.here(node, holds, free));
    }
  }

  /** Nodes that may still get a call after {@code tried} could not take it; may be none. */
  public List<Choice> others(Question question, Set<KnownNode> tried) {
    return question.data().isEmpty() || question.maxFetchBytes() == 0
        ? List.of()
        : fetchers(new Scale(question), new Field(index, question), tried, Long.MAX_VALUE);
  }

  private Decision anywhere(Scale scale) {
    Ranking nodes = new Ranking(false);
    NodeRing ring = registry.ring();
    int start = ring.start(scale.callHash());
    int free = 0;
    int weighed = 0;
    for (int i = 0; i < ring.size() && free < MAX_FREE_WEIGHED && weighed < MAX_WEIGHED; i++) {
      KnownNode node = ring.at(start + i);
      NodeLink link = usable(node, scale.question());
      if (link != null) {
        scale.weigh(node, link, 0);
        offer(nodes, node, scale, Reason.NO_DATA_NEEDED);
        weighed++;
        free += scale.isFree() ? 1 : 0;
      }
    }
    return nodes.isEmpty() ? new Decision.NoNode() : new Decision.Run(nodes.best());
  }

  private Decision elsewhere(Scale scale, Field field, Ranking holders, long shortestQueue) {
    Question question = scale.question();
    Cid unknown = field.unknown();
    boolean hopeless = unknown != null && question.maxFetchBytes() == 0;
    // Behind as many holders as are chosen nobody is: others matter if they begin before these.
    long within = holders.isFull() ? shortestQueue : Long.MAX_VALUE;
    List<Choice> fetchers = hopeless ? List.of() : fetchers(scale, field, Set.of(), within);
    List<Choice> choices = merged(holders.best(), fetchers, shortestQueue);
    if (!choices.isEmpty()) {
      return new Decision.Run(choices);
    }
    if (unknown != null) {
      return new Decision.DataNotFound(unknown);
    }
    List<KnownNode> missed = field.missed();
    if (!missed.isEmpty()) {
      return new Decision.HoldersOffline(missed);
    }
    long bytes = leastToMove(question, field);
    return bytes > question.maxFetchBytes() ? new Decision.WouldMove(bytes) : new Decision.NoNode();
  }

  /** Fetchers whose move is outweighed by the queue of each holder, the holders, the others. */
  private static List<Choice> merged(
      List<Choice> holders, List<Choice> fetchers, long shortestQueue) {
    List<Choice> merged = new ArrayList<>(holders.size() + fetchers.size());
    for (Choice fetcher : fetchers) {
      long begins = fetcher.cost().moveMicros() + fetcher.cost().queueMicros();
      if (begins >= shortestQueue || !canBeFetched(fetcher)) {
        break;
      }
      merged.add(fetcher);
    }
    int before = merged.size();
    merged.addAll(holders);
    merged.addAll(fetchers.subList(before, fetchers.size()));
    return merged.subList(0, Math.min(MAX_CHOICES, merged.size()));
  }

  /** Whether somebody who is surely here has it: else the move would fail with the holders. */
  private static boolean canBeFetched(Choice fetcher) {
    for (Choice.Supply supply : fetcher.sources()) {
      if (supply.nodes().stream().allMatch(KnownNode::isSuspect)) {
        return false;
      }
    }
    return true;
  }

  /** What would travel at least, if any node that is here and lacks data were free to take it. */
  private long leastToMove(Question question, Field field) {
    long most = question.maxFetchBytes();
    Announced announced = field.announced();
    long least = Long.MAX_VALUE;
    for (int place = 0; place < announced.places(); place++) {
      KnownNode node = announced.at(place);
      if (node != null && node.isReady() && field.holdsAt(place) != Holds.COMPLETE) {
        least = Math.min(least, field.bytesToMove(node, most));
      }
    }
    NodeRing ring = registry.ring();
    for (int i = 0; i < ring.size(); i++) {
      if (ring.at(i).isReady() && !announced.has(ring.at(i))) {
        return Math.min(least, field.bytes(most));
      }
    }
    return least == Long.MAX_VALUE ? field.bytes(most) : least;
  }

  /**
   * Ready nodes that would have to fetch, or may have to, may, and are not full; the shortest move
   * and queue first, and a node that has a part before one that has nothing.
   *
   * @param within microseconds; of no use is who has nothing and takes longer to begin
   */
  private List<Choice> fetchers(Scale scale, Field field, Set<KnownNode> tried, long within) {
    Ranking fetchers = new Ranking(true);
    if (!field.isWholeEverywhere()) {
      addParts(fetchers, scale, field, tried);
    }
    addStrangers(fetchers, scale, field, tried, within);
    return fetchers.best();
  }

  /** Nodes that have some of the data. */
  private static void addParts(Ranking fetchers, Scale scale, Field field, Set<KnownNode> tried) {
    Announced announced = field.announced();
    for (int place = 0; place < announced.places(); place++) {
      KnownNode node = announced.at(place);
      if (node != null && field.holdsAt(place) != Holds.COMPLETE && !tried.contains(node)) {
        NodeLink link = usable(node, scale.question());
        if (link != null) {
          scale.weigh(node, link, field.bytesToMove(node, scale.question().maxFetchBytes()));
          offerFetcher(fetchers, scale, node, field.holdsAt(place), field.supplies(node));
        }
      }
    }
  }

  /** Nodes that have nothing of the data, from all of which the same bytes are missing. */
  private void addStrangers(
      Ranking fetchers, Scale scale, Field field, Set<KnownNode> tried, long within) {
    long bytes = field.bytes(scale.question().maxFetchBytes());
    List<Choice.Supply> sources = field.supplies(null);
    NodeRing ring = registry.ring();
    int start = ring.start(scale.callHash());
    int free = 0;
    int weighed = 0;
    for (int i = 0; i < ring.size() && free < MAX_FREE_WEIGHED && weighed < MAX_WEIGHED; i++) {
      KnownNode node = ring.at(start + i);
      NodeLink link = usable(node, scale.question());
      boolean soon = link != null && scale.mayBegin(node, bytes, within);
      if (link == null || (soon && (field.announced().has(node) || tried.contains(node)))) {
        continue;
      }
      weighed++;
      if (soon) {
        scale.weigh(node, link, bytes);
        free += scale.isFree() ? 1 : 0;
        offerFetcher(fetchers, scale, node, Holds.NONE, sources);
      }
    }
  }

  private static void offerFetcher(
      Ranking ranking, Scale scale, KnownNode node, Holds holds, List<Choice.Supply> supplies) {
    boolean full = scale.isFull() && holds != Holds.UNKNOWN;
    if (full || scale.bytes() > scale.question().maxFetchBytes()) {
      return;
    }
    if (holds == Holds.UNKNOWN) {
      if (ranking.takes(scale, holds)) {
        ranking.add(scale, scale.choice(node, holds, supplies, Reason.MAY_HOLD_DATA));
      }
      return;
    }
    boolean held = haveSources(supplies);
    if (!held && !asksOutside(node, scale.question())) {
      return;
    }
    if (!held) {
      scale.fromOutside();
    }
    if (ranking.takes(scale, holds)) {
      Reason reason = held ? Reason.FETCHES : Reason.FETCHES_OUTSIDE;
      ranking.add(scale, scale.choice(node, holds, supplies, reason));
    }
  }

  /**
   * Whether a node may get from outside what no node gives. A caller for whom nothing may travel,
   * as the public, cannot cause that.
   */
  private static boolean asksOutside(KnownNode node, Question question) {
    NodeLink link = node.link();
    return question.maxFetchBytes() > 0 && link != null && link.terms().asksOutside();
  }

  private static boolean haveSources(List<Choice.Supply> supplies) {
    for (Choice.Supply supply : supplies) {
      if (supply.nodes().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Known nodes with the reason for or against each: those that were chosen first, then those that
   * hold the data, those that have a part, and the others, each by name.
   *
   * @param decision what was decided on the question just now
   * @param most nodes that are wanted; at least those that were chosen are told
   */
  public List<Choice> explain(Question question, Decision decision, int most) {
    Field field = new Field(index, question);
    Scale scale = new Scale(question);
    List<Choice> all = new ArrayList<>();
    Set<KnownNode> told = new HashSet<>();
    if (decision instanceof Decision.Run run) {
      all.addAll(run.choices());
      run.choices().forEach(choice -> told.add(choice.node()));
    }
    for (KnownNode node : inOrder(field, told, most)) {
      if (all.size() < most && told.add(node)) {
        all.add(against(node, scale, field));
      }
    }
    return List.copyOf(all);
  }

  /** Some more than are wanted, so that the chosen ones may be among them. */
  private List<KnownNode> inOrder(Field field, Set<KnownNode> told, int most) {
    List<KnownNode> ordered = new ArrayList<>();
    int enough = most + told.size();
    for (Holds holds : List.of(Holds.COMPLETE, Holds.UNKNOWN, Holds.PARTIAL)) {
      List<KnownNode> some = new ArrayList<>();
      Announced announced = field.announced();
      for (int i = 0; i < announced.places() && ordered.size() + some.size() < enough; i++) {
        KnownNode node = announced.at(i);
        if (node != null && field.holdsAt(i) == holds) {
          some.add(node);
        }
      }
      some.sort(Comparator.comparing(KnownNode::name));
      ordered.addAll(some);
    }
    Iterator<KnownNode> others = registry.byName().iterator();
    while (ordered.size() < enough && others.hasNext()) {
      KnownNode node = others.next();
      if (field.holds(node) == Holds.NONE) {
        ordered.add(node);
      }
    }
    return ordered;
  }

  private static Choice against(KnownNode node, Scale scale, Field field) {
    Question question = scale.question();
    Holds held = field.holds(node);
    boolean may = field.claims(node) || field.isSilent(node);
    Holds holds = held == Holds.NONE && may ? Holds.UNKNOWN : held;
    boolean needs = !field.isEmpty() && held != Holds.COMPLETE;
    long bytes = needs ? field.bytesToMove(node, question.maxFetchBytes()) : 0;
    NodeLink link = node.link();
    if (link == null) {
      return new Choice(node, holds, bytes, List.of(), Reason.AWAY, "", Cost.UNKNOWN);
    }
    scale.weigh(node, link, bytes);
    List<Choice.Supply> supplies = needs ? field.supplies(node) : List.of();
    String declines = link.terms().declines(question.function(), question.needs());
    Reason absent = absent(node);
    Reason reason;
    if (absent != null) {
      reason = absent;
    } else if (!link.hasMemory(question)) {
      reason = Reason.MEMORY_LIMIT;
    } else if (declines != null) {
      return scale.declines(node, holds, declines);
    } else if (needs && !node.credit().isGood()) {
      reason = Reason.NOT_BELIEVED;
    } else if (needs && field.claims(node)) {
      reason = Reason.NOT_SHOWN;
    } else if (needs && field.hasFailed(node)) {
      reason = Reason.FAILED_TO_SHOW;
    } else if (needs && field.isSilent(node)) {
      reason = Reason.SILENT;
    } else if (needs && !haveSources(supplies) && !asksOutside(node, question)) {
      reason = Reason.NO_SOURCE;
    } else if (needs && bytes > question.maxFetchBytes()) {
      reason = Reason.TOO_MUCH_TO_MOVE;
    } else {
      reason = scale.isFull() ? Reason.BUSY : Reason.NOT_NEEDED;
    }
    return scale.choice(node, holds, supplies, reason);
  }

  /** Why a node gets no calls at all; null when it may have some. */
  private static @Nullable Reason absent(KnownNode node) {
    return switch (node.state()) {
      case READY, SUSPECT -> {
        if (node.unbelieved() != null) {
          yield Reason.UNBELIEVED;
        }
        yield node.circuit().allows() ? null : Reason.FAILING;
      }
      case PENDING -> Reason.PENDING;
      case DRAINING -> Reason.DRAINING;
      case AWAY -> Reason.AWAY;
      case GONE -> Reason.GONE;
      case REVOKED -> Reason.REVOKED;
    };
  }

  /** How to reach a node that may have the call; null when it may not. */
  private static @Nullable NodeLink usable(KnownNode node, Question question) {
    NodeLink link = node.isReady() ? node.link() : null;
    return link != null && !question.avoids(node) && link.takes(question) ? link : null;
  }
}
