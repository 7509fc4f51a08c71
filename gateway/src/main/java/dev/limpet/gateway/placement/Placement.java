package dev.limpet.gateway.placement;

import dev.limpet.gateway.placement.Choice.Reason;
import dev.limpet.protocol.Holds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which nodes may get a call, in which order, and can say why.
 *
 * <p>A function goes to its data. So the order is: nodes that hold all of it and have a free place;
 * then nodes that would fetch what they lack, those first to which the fewest bytes move, then
 * those that have a part, when the call allows that much to travel; then nodes that can get from
 * outside what no node gives, which may cost anything; then holders that have more calls than they
 * run at once, because a short queue is better than an error. Among equals the one with the fewest
 * calls of this gateway is first, and among those the one that the pair of function and data hashes
 * to (rendezvous hashing), so that the same call meets the same warm caches.
 *
 * <p>{@link #decide} is on the way of every call and looks at nodes without the data only when no
 * holder is free. {@link #explain} asks the same questions about every node, for people.
 */
public final class Placement {
  /** Nodes that one call may be sent to, one after the other; more would outlast its deadline. */
  public static final int MAX_CHOICES = 4;

  /** Peers that are named to a node that must fetch; more do not make it faster. */
  static final int MAX_NAMED_SOURCES = 4;

  /**
   * Calls for each guest that a node runs at once, beyond which it counts as busy. Waiting behind
   * three short calls is cheaper than moving data; waiting behind more is not.
   */
  static final int MAX_CALLS_PER_SLOT = 4;

  private final NodeRegistry registry;
  private final HolderIndex index;

  /** Decides by what these know at the time. */
  public Placement(NodeRegistry registry, HolderIndex index) {
    this.registry = registry;
    this.index = index;
  }

  /** Where a call goes. */
  public Decision decide(Question question) {
    return decide(question, new Field(index, question));
  }

  private Decision decide(Question question, Field field) {
    if (field.isEmpty()) {
      return anywhere(question);
    }
    List<Choice> free = new ArrayList<>();
    List<Choice> busy = new ArrayList<>();
    for (KnownNode node : field.complete()) {
      if (node.isReady() && accepts(node, question)) {
        (isBusy(node) ? busy : free).add(at(node, Holds.COMPLETE, Reason.HOLDS_DATA));
      }
    }
    if (!free.isEmpty()) {
      free.sort(order(question));
      busy.sort(order(question));
      free.addAll(busy);
      return new Decision.Run(first(free));
    }
    return elsewhere(question, field, busy);
  }

  /** Nodes that may still get a call after {@code tried} could not take it; may be none. */
  public List<Choice> others(Question question, Set<KnownNode> tried) {
    if (question.data().isEmpty()) {
      return List.of();
    }
    List<Choice> fetchers = fetchers(question, new Field(index, question));
    fetchers.removeIf(choice -> tried.contains(choice.node()));
    return first(fetchers);
  }

  private Decision anywhere(Question question) {
    List<Choice> choices = new ArrayList<>();
    for (KnownNode node : registry.unordered()) {
      if (node.isReady() && accepts(node, question)) {
        choices.add(at(node, Holds.NONE, Reason.NO_DATA_NEEDED));
      }
    }
    if (choices.isEmpty()) {
      return new Decision.NoNode();
    }
    choices.sort(order(question));
    return new Decision.Run(first(choices));
  }

  private Decision elsewhere(Question question, Field field, List<Choice> busy) {
    List<Question.Wanted> unknown = field.unknown();
    boolean hopeless = !unknown.isEmpty() && question.maxFetchBytes() == 0;
    busy.sort(order(question));
    List<Choice> choices = hopeless ? new ArrayList<>() : fetchers(question, field);
    choices.addAll(busy);
    if (!choices.isEmpty()) {
      return new Decision.Run(first(choices));
    }
    if (!unknown.isEmpty()) {
      return new Decision.DataNotFound(unknown.getFirst().root());
    }
    List<KnownNode> missed = field.missed();
    if (!missed.isEmpty()) {
      return new Decision.HoldersOffline(missed);
    }
    long bytes = leastToMove(question, field);
    return bytes > question.maxFetchBytes() ? new Decision.WouldMove(bytes) : new Decision.NoNode();
  }

  /** What would travel at least, if any node that is here and lacks data were free to take it. */
  private long leastToMove(Question question, Field field) {
    long most = question.maxFetchBytes();
    return registry.unordered().stream()
        .filter(node -> node.isReady() && field.holds(node) != Holds.COMPLETE)
        .mapToLong(node -> field.bytesToMove(node, most))
        .min()
        .orElse(field.bytes(most));
  }

  /**
   * Ready nodes that would have to fetch, may, and have a free place; the fewest bytes first. An
   * unknown amount comes last.
   */
  private List<Choice> fetchers(Question question, Field field) {
    List<Choice> fetchers = new ArrayList<>();
    for (KnownNode node : registry.unordered()) {
      Holds holds = field.holds(node);
      if (holds == Holds.COMPLETE || !node.isReady() || !accepts(node, question) || isBusy(node)) {
        continue;
      }
      long bytes = field.bytesToMove(node, question.maxFetchBytes());
      List<Choice.Supply> supplies = field.supplies(node);
      boolean held = haveSources(supplies);
      if (bytes <= question.maxFetchBytes() && (held || asksOutside(node, question))) {
        Reason reason = held ? Reason.FETCHES : Reason.FETCHES_OUTSIDE;
        fetchers.add(new Choice(node, holds, bytes, supplies, reason));
      }
    }
    fetchers.sort(
        Comparator.comparing((Choice choice) -> choice.reason() == Reason.FETCHES_OUTSIDE)
            .thenComparingLong(Placement::amount)
            .thenComparing(choice -> choice.holds() != Holds.PARTIAL)
            .thenComparing(order(question)));
    return fetchers;
  }

  /**
   * Whether a node may get from outside what no node gives. A caller for whom nothing may travel,
   * as the public, cannot cause that.
   */
  private static boolean asksOutside(KnownNode node, Question question) {
    NodeLink link = node.link();
    return question.maxFetchBytes() > 0 && link != null && link.terms().asksOutside();
  }

  private static long amount(Choice choice) {
    return choice.bytesToMove() < 0 ? Long.MAX_VALUE : choice.bytesToMove();
  }

  private static boolean haveSources(List<Choice.Supply> supplies) {
    return supplies.stream().noneMatch(supply -> supply.nodes().isEmpty());
  }

  /** Every known node with the reason for or against it, those that may get the call first. */
  public List<Choice> explain(Question question) {
    Field field = new Field(index, question);
    List<Choice> all = new ArrayList<>();
    Set<KnownNode> chosen = new HashSet<>();
    if (decide(question, field) instanceof Decision.Run run) {
      all.addAll(run.choices());
      run.choices().forEach(choice -> chosen.add(choice.node()));
    }
    List<Choice> rest = new ArrayList<>();
    for (KnownNode node : registry.nodes()) {
      if (!chosen.contains(node)) {
        rest.add(against(node, question, field));
      }
    }
    rest.sort(Comparator.comparing((Choice choice) -> choice.holds()));
    all.addAll(rest);
    return all;
  }

  private Choice against(KnownNode node, Question question, Field field) {
    Holds holds = field.holds(node);
    boolean needs = !field.isEmpty() && holds != Holds.COMPLETE;
    long bytes = needs ? field.bytesToMove(node, question.maxFetchBytes()) : 0;
    List<Choice.Supply> supplies = needs ? field.supplies(node) : List.of();
    Reason reason;
    String declines = declines(node, question);
    Reason absent = absent(node);
    if (absent != null) {
      reason = absent;
    } else if (!hasMemory(node, question)) {
      reason = Reason.MEMORY_LIMIT;
    } else if (declines != null) {
      return new Choice(node, holds, bytes, List.of(), Reason.DECLINES, declines);
    } else if (needs && !haveSources(supplies) && !asksOutside(node, question)) {
      reason = Reason.NO_SOURCE;
    } else if (needs && bytes > question.maxFetchBytes()) {
      reason = Reason.TOO_MUCH_TO_MOVE;
    } else if (isBusy(node)) {
      reason = Reason.BUSY;
    } else {
      reason = Reason.NOT_NEEDED;
    }
    return new Choice(node, holds, bytes, supplies, reason);
  }

  /** Why a node gets no calls at all; null when it may have some. */
  private static @Nullable Reason absent(KnownNode node) {
    return switch (node.state()) {
      case READY ->
          node.link() == null ? Reason.AWAY : node.circuit().allows() ? null : Reason.FAILING;
      case PENDING -> Reason.PENDING;
      case DRAINING -> Reason.DRAINING;
      case AWAY -> Reason.AWAY;
      case GONE -> Reason.GONE;
      case REVOKED -> Reason.REVOKED;
    };
  }

  private static Choice at(KnownNode node, Holds holds, Reason free) {
    Reason reason =
        !isBusy(node)
            ? free
            : free == Reason.HOLDS_DATA ? Reason.HOLDS_DATA_BUSY : Reason.NO_DATA_NEEDED_BUSY;
    return new Choice(node, holds, 0, List.of(), reason);
  }

  private static List<Choice> first(List<Choice> choices) {
    return List.copyOf(choices.subList(0, Math.min(MAX_CHOICES, choices.size())));
  }

  private static boolean accepts(KnownNode node, Question question) {
    return hasMemory(node, question) && declines(node, question) == null;
  }

  private static boolean hasMemory(KnownNode node, Question question) {
    NodeLink link = node.link();
    return link != null && question.memoryBytes() <= link.capacity().maxModuleMemoryBytes();
  }

  private static @Nullable String declines(KnownNode node, Question question) {
    NodeLink link = node.link();
    return link == null ? null : link.terms().declines(question.function(), question.needs());
  }

  private static boolean isBusy(KnownNode node) {
    NodeLink link = node.link();
    return link == null || node.inFlight() >= (long) link.capacity().slots() * MAX_CALLS_PER_SLOT;
  }

  private static Comparator<Choice> order(Question question) {
    int seed = 31 * question.function().hashCode() + hashOf(question);
    return Comparator.comparing((Choice choice) -> isBusy(choice.node()))
        .thenComparingInt(choice -> choice.node().inFlight())
        .thenComparingLong(choice -> mix(choice.node().name().hashCode(), seed));
  }

  private static int hashOf(Question question) {
    int hash = 0;
    for (Question.Wanted wanted : question.data()) {
      hash = 31 * hash + wanted.root().toV1().hashCode();
    }
    return hash;
  }

  /** Scatters the bits of two numbers (the finalizer of MurmurHash3). */
  private static long mix(int node, int seed) {
    long z = ((long) node << 32) ^ (seed & 0xffffffffL);
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
