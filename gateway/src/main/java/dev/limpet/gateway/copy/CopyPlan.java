package dev.limpet.gateway.copy;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.HoldingKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which data is copied where, and which copy is dropped. It knows no transport; used by one thread.
 *
 * <p>The rules. A root whose holders were all busy for {@link #MIN_HEAT} calls and more of late is
 * copied to the idle node that has the least to do, one copy at a time. What is copied within any
 * minute, counted with what may travel on top of the data, is never more than the budget. A copy is
 * dropped when for {@link #MAX_COOL} the nodes that hold the root by themselves could have run all
 * of its calls with half of their slots, and only while one of these is here; whoever drops it asks
 * that one for a block before. Nothing but copies is dropped.
 */
final class CopyPlan {
  /** Calls that found every holder busy, the last second's whole, the one before for half, … */
  static final double MIN_HEAT = 4;

  /** How long a root must have been quiet before a copy is dropped. */
  static final Duration MAX_COOL = Duration.ofMinutes(1);

  /** Copies that are made or dropped at once. */
  static final int MAX_COPIES_AT_ONCE = 4;

  /** How long a node is left alone that did not take a copy, or did not drop one. */
  static final Duration MAX_REFUSAL = Duration.ofMinutes(1);

  private static final long BUDGET_NANOS = Duration.ofMinutes(1).toNanos();

  /** Names and sizes of blocks travel with them. */
  private static final int OVERHEAD_PART = 16;

  private static final long OVERHEAD_BYTES = 64 << 10;

  private final HotData hot;
  private final NodeRegistry registry;
  private final HolderIndex index;
  private final LongSupplier ticks;
  private final long budget;
  private final Deque<Spent> spent = new ArrayDeque<>();
  private final Set<Cid> working = new HashSet<>();
  private final Map<KnownNode, Long> refused = new HashMap<>();

  private record Spent(long ticks, long bytes) {}

  /** Something to do. */
  sealed interface Action {
    /** What it is about. */
    Cid root();

    /** The node that does it. */
    KnownNode node();
  }

  /**
   * A copy is made.
   *
   * @param from who has it
   * @param maxBytes how much may travel
   */
  record Copy(Cid root, KnownNode node, List<KnownNode> from, long maxBytes) implements Action {}

  /**
   * A copy is dropped.
   *
   * @param witness holds all of the root by itself, and must show it first
   */
  record Drop(Cid root, KnownNode node, KnownNode witness) implements Action {}

  /**
   * Nothing is copied yet.
   *
   * @param budget bytes that may travel within any minute
   */
  CopyPlan(HotData hot, NodeRegistry registry, HolderIndex index, LongSupplier ticks, long budget) {
    this.hot = hot;
    this.registry = registry;
    this.index = index;
    this.ticks = ticks;
    this.budget = budget;
  }

  /** What is to be done now; {@link #ended} must follow for each. Asked for each second. */
  List<Action> next() {
    long now = ticks.getAsLong();
    refused.values().removeIf(until -> now - until >= 0);
    List<HotRoot> roots = new ArrayList<>(hot.all());
    roots.forEach(this::look);
    roots.sort(CopyPlan::hottestFirst);
    List<Action> actions = new ArrayList<>();
    for (HotRoot root : roots) {
      Action action = working.contains(root.root()) ? null : action(root, now);
      if (action != null && working.size() < MAX_COPIES_AT_ONCE) {
        working.add(root.root());
        actions.add(action);
      }
    }
    return actions;
  }

  // Those that Comparator makes are generated at each start, a millisecond and 70 KiB each.
  private static int hottestFirst(HotRoot one, HotRoot other) {
    int heat = Double.compare(other.heat, one.heat);
    return heat != 0 ? heat : one.root().toString().compareTo(other.root().toString());
  }

  /** An action has ended, well or not. */
  void ended(Action action, boolean well) {
    working.remove(action.root());
    if (!well) {
      refused.put(action.node(), ticks.getAsLong() + MAX_REFUSAL.toNanos());
    }
  }

  private void look(HotRoot root) {
    int saturated = root.takeSaturated();
    int most = root.takeMost();
    root.heat = root.heat / 2 + saturated;
    int slots = 0;
    for (Holder holder : index.holders(root.root())) {
      slots += isOriginal(holder) ? slots(holder.node()) : 0;
    }
    if (saturated > 0 || 2L * most > slots) {
      root.quietSince = ticks.getAsLong();
    }
  }

  private @Nullable Action action(HotRoot root, long now) {
    List<Holder> holders = index.holders(root.root());
    if (root.heat >= MIN_HEAT) {
      return copy(root, holders, now);
    }
    if (now - root.quietSince < MAX_COOL.toNanos()) {
      return null;
    }
    if (holders.stream().noneMatch(Holder::isCopy) && root.running() == 0) {
      hot.forget(root);
      return null;
    }
    return drop(root.root(), holders);
  }

  private @Nullable Copy copy(HotRoot root, List<Holder> holders, long now) {
    long bytes = hot.size(root.root());
    long most = bytes + bytes / OVERHEAD_PART + OVERHEAD_BYTES;
    List<KnownNode> from = new ArrayList<>();
    Set<KnownNode> have = new HashSet<>();
    for (Holder holder : holders) {
      have.add(holder.node());
      if (holder.complete() && holder.counts() && holder.node().servesData()) {
        from.add(holder.node());
      }
    }
    Question question = root.last();
    KnownNode to = question != null && bytes > 0 && !from.isEmpty() ? idlest(question, have) : null;
    if (to == null || !affords(most, now)) {
      return null;
    }
    spent.addLast(new Spent(now, most));
    root.heat = 0; // what the copy does is seen before the next one
    int named = Math.min(Placement.MAX_NAMED_SOURCES, from.size());
    return new Copy(root.root(), to, List.copyOf(from.subList(0, named)), most);
  }

  private boolean affords(long bytes, long now) {
    while (!spent.isEmpty() && now - spent.getFirst().ticks >= BUDGET_NANOS) {
      spent.removeFirst();
    }
    long sum = 0;
    for (Spent one : spent) {
      sum += one.bytes;
    }
    return bytes <= budget - sum;
  }

  /** The node with the fewest calls for its slots among those that use at most half of them. */
  private @Nullable KnownNode idlest(Question question, Set<KnownNode> have) {
    KnownNode best = null;
    for (KnownNode node : registry.byName()) {
      if (!have.contains(node) && mayCopyTo(node, question)) {
        boolean better =
            best == null || (long) node.calls() * slots(best) < (long) best.calls() * slots(node);
        best = better ? node : best;
      }
    }
    return best;
  }

  private boolean mayCopyTo(KnownNode node, Question question) {
    NodeLink link = node.link();
    return link != null
        && node.isReady()
        && !node.isSuspect()
        && node.credit().isGood()
        && !refused.containsKey(node)
        && 2L * node.calls() <= link.capacity().slots()
        && link.takes(question);
  }

  private @Nullable Drop drop(Cid root, List<Holder> holders) {
    KnownNode witness = null;
    for (Holder holder : holders) {
      witness = isOriginal(holder) ? holder.node() : witness;
    }
    if (witness == null) {
      return null;
    }
    for (Holder holder : holders) {
      KnownNode node = holder.node();
      if (holder.isCopy() && node.servesData() && !refused.containsKey(node)) {
        return new Drop(root, node, witness);
      }
    }
    return null;
  }

  /** Whether it is here, and holds all of it for a reason of its own. */
  private static boolean isOriginal(Holder holder) {
    boolean kept = holder.kind() == HoldingKind.ROOT || holder.kind() == HoldingKind.ENTRY;
    return kept
        && holder.complete()
        && holder.counts()
        && holder.node().isReady()
        && !holder.node().isSuspect();
  }

  private static int slots(KnownNode node) {
    NodeLink link = node.link();
    return link == null ? 0 : link.capacity().slots();
  }
}
