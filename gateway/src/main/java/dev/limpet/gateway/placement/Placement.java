package dev.limpet.gateway.placement;

import dev.limpet.gateway.placement.Choice.Reason;
import dev.limpet.protocol.Holds;
import dev.limpet.protocol.NodeState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides which nodes may get a call, in which order, and can say why.
 *
 * <p>A function goes to its data. So the order is: nodes that hold all of it and have a free place;
 * then nodes that would fetch it, those that have a part first, when the call allows that much to
 * travel; then holders that have more calls than they run at once, because a short queue is better
 * than an error. Among equals the one with the fewest calls of this gateway is first, and among
 * those the one that the pair of function and data hashes to (rendezvous hashing), so that the same
 * call meets the same warm caches.
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
    if (question.data() == null) {
      return anywhere(question);
    }
    List<Holder> holders = index.holders(question.data());
    List<Choice> free = new ArrayList<>();
    List<Choice> busy = new ArrayList<>();
    for (Holder holder : holders) {
      KnownNode node = holder.node();
      if (holder.complete() && node.isReady() && accepts(node, question)) {
        (isBusy(node) ? busy : free).add(at(node, Holds.COMPLETE, Reason.HOLDS_DATA));
      }
    }
    if (!free.isEmpty()) {
      free.sort(order(question));
      busy.sort(order(question));
      free.addAll(busy);
      return new Decision.Run(first(free));
    }
    return elsewhere(question, holders, busy);
  }

  /** Nodes that may still get a call after {@code tried} could not take it; may be none. */
  public List<Choice> others(Question question, Set<KnownNode> tried) {
    if (question.data() == null) {
      return List.of();
    }
    List<Holder> holders = index.holders(question.data());
    List<Choice> fetchers = fetchers(question, holders);
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

  private Decision elsewhere(Question question, List<Holder> holders, List<Choice> busy) {
    if (holders.isEmpty()) {
      return new Decision.DataNotFound();
    }
    busy.sort(order(question));
    List<Choice> choices = fetchers(question, holders);
    choices.addAll(busy);
    if (!choices.isEmpty()) {
      return new Decision.Run(first(choices));
    }
    if (sources(holders).isEmpty()) {
      return new Decision.HoldersOffline(away(holders));
    }
    long bytes = bytesToMove(question, holders);
    return bytes > question.maxFetchBytes() ? new Decision.WouldMove(bytes) : new Decision.NoNode();
  }

  /** Ready nodes that would have to fetch, may, and have a free place; best first. */
  private List<Choice> fetchers(Question question, List<Holder> holders) {
    List<Choice> fetchers = new ArrayList<>();
    long bytes = bytesToMove(question, holders);
    if (bytes > question.maxFetchBytes()) {
      return fetchers;
    }
    List<KnownNode> sources = sources(holders);
    for (KnownNode node : registry.unordered()) {
      Holds holds = holds(node, holders);
      if (holds != Holds.COMPLETE
          && node.isReady()
          && accepts(node, question)
          && !isBusy(node)
          && !without(sources, node).isEmpty()) {
        fetchers.add(new Choice(node, holds, bytes, without(sources, node), Reason.FETCHES));
      }
    }
    fetchers.sort(
        Comparator.comparing((Choice choice) -> choice.holds() != Holds.PARTIAL)
            .thenComparing(order(question)));
    return fetchers;
  }

  /** Every known node with the reason for or against it, those that may get the call first. */
  public List<Choice> explain(Question question) {
    List<Choice> all = new ArrayList<>();
    Set<KnownNode> chosen = new HashSet<>();
    if (decide(question) instanceof Decision.Run run) {
      all.addAll(run.choices());
      run.choices().forEach(choice -> chosen.add(choice.node()));
    }
    List<Holder> holders = question.data() == null ? List.of() : index.holders(question.data());
    List<Choice> rest = new ArrayList<>();
    for (KnownNode node : registry.nodes()) {
      if (!chosen.contains(node)) {
        rest.add(against(node, question, holders));
      }
    }
    rest.sort(Comparator.comparing((Choice choice) -> choice.holds()));
    all.addAll(rest);
    return all;
  }

  private Choice against(KnownNode node, Question question, List<Holder> holders) {
    Holds holds = holds(node, holders);
    List<KnownNode> sources = without(sources(holders), node);
    boolean needs = question.data() != null && holds != Holds.COMPLETE;
    long bytes = needs ? bytesToMove(question, holders) : 0;
    Reason reason;
    if (node.state() == NodeState.GONE) {
      reason = Reason.GONE;
    } else if (!node.isReady()) {
      reason = Reason.AWAY;
    } else if (!accepts(node, question)) {
      reason = Reason.MEMORY_LIMIT;
    } else if (needs && sources.isEmpty()) {
      reason = Reason.NO_SOURCE;
    } else if (needs && bytes > question.maxFetchBytes()) {
      reason = Reason.TOO_MUCH_TO_MOVE;
    } else if (isBusy(node)) {
      reason = Reason.BUSY;
    } else {
      reason = Reason.NOT_NEEDED;
    }
    return new Choice(node, holds, bytes, needs ? sources : List.of(), reason);
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
    NodeLink link = node.link();
    return link != null && question.memoryBytes() <= link.capacity().maxModuleMemoryBytes();
  }

  private static boolean isBusy(KnownNode node) {
    NodeLink link = node.link();
    return link == null || node.inFlight() >= (long) link.capacity().slots() * MAX_CALLS_PER_SLOT;
  }

  private static Holds holds(KnownNode node, List<Holder> holders) {
    for (Holder holder : holders) {
      if (holder.node() == node) {
        return holder.complete() ? Holds.COMPLETE : Holds.PARTIAL;
      }
    }
    return Holds.NONE;
  }

  /** Who can be asked for the data now: complete holders, else those that have a part. */
  private static List<KnownNode> sources(List<Holder> holders) {
    for (boolean complete : new boolean[] {true, false}) {
      List<KnownNode> ready = new ArrayList<>();
      for (Holder holder : holders) {
        if (holder.complete() == complete
            && holder.node().isReady()
            && ready.size() < MAX_NAMED_SOURCES) {
          ready.add(holder.node());
        }
      }
      if (!ready.isEmpty()) {
        return ready;
      }
    }
    return List.of();
  }

  private static List<KnownNode> without(List<KnownNode> sources, KnownNode node) {
    return sources.contains(node)
        ? sources.stream().filter(source -> source != node).toList()
        : sources;
  }

  private static List<KnownNode> away(List<Holder> holders) {
    return holders.stream()
        .map(Holder::node)
        .filter(node -> !node.isReady())
        .sorted(Comparator.comparing(KnownNode::lastSeen).reversed())
        .toList();
  }

  private static long bytesToMove(Question question, List<Holder> holders) {
    if (question.bytesToMove() >= 0) {
      return question.bytesToMove();
    }
    return holders.stream().mapToLong(Holder::dagSize).max().orElse(-1);
  }

  private static Comparator<Choice> order(Question question) {
    int seed = 31 * question.function().hashCode() + hashOf(question);
    return Comparator.comparing((Choice choice) -> isBusy(choice.node()))
        .thenComparingInt(choice -> choice.node().inFlight())
        .thenComparingLong(choice -> mix(choice.node().name().hashCode(), seed));
  }

  private static int hashOf(Question question) {
    return question.data() == null ? 0 : question.data().toV1().hashCode();
  }

  /** Scatters the bits of two numbers (the finalizer of MurmurHash3). */
  private static long mix(int node, int seed) {
    long z = ((long) node << 32) ^ (seed & 0xffffffffL);
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
