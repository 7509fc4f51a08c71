package dev.limpet.gateway.copy;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.copy.CopyPlan.Action;
import dev.limpet.gateway.copy.CopyPlan.Copy;
import dev.limpet.gateway.copy.CopyPlan.Drop;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.FakeNodes;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Hot and cold data over the real plan, placement, registry and index; the clock, the calls and
 * what nodes do are simulated, by a seed. It fails by an {@link AssertionError} when
 *
 * <ul>
 *   <li>within any minute more is to travel than the budget;
 *   <li>data is copied that no call allowed to travel whole, or to a node that has it, or from one
 *       that has not;
 *   <li>something is dropped that is no copy, or while nobody else who is here holds all of it;
 *   <li>copies are left four minutes after the last call and fault.
 * </ul>
 */
final class CopySimulation {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Cid FUNCTION = FakeNodes.cid("function");
  private static final int NODES = 5;
  private static final int SLOTS = 2;
  private static final int ROOTS = 4;
  private static final long MIB = 1 << 20;
  private static final long BUDGET = 24 * MIB;

  private final FakeNodes gateway;
  private final Random random;
  private final HotData hot;
  private final CopyPlan plan;
  private final Placement placement;
  private final List<Cid> roots = new ArrayList<>();
  private final Map<String, Map<Cid, Holding>> held = new HashMap<>();
  private final Map<String, Boolean> silent = new HashMap<>();
  private final List<Running> running = new ArrayList<>();
  private final Deque<Action> open = new ArrayDeque<>();
  private final Deque<long[]> travelled = new ArrayDeque<>();
  private final Map<Cid, Long> allowed = new HashMap<>();
  private long seconds;
  private boolean calm;

  /** Copies that were made. */
  int made;

  /** Copies that were dropped. */
  int dropped;

  private record Running(KnownNode node, @Nullable HotRoot wanted) {}

  CopySimulation(FakeNodes gateway, long seed) {
    this.gateway = gateway;
    this.random = new Random(seed);
    this.hot = new HotData(gateway.index, gateway.time().nanos(), true);
    this.plan = new CopyPlan(hot, gateway.registry, gateway.index, gateway.time().nanos(), BUDGET);
    this.placement = new Placement(gateway.registry, gateway.index);
  }

  private static long size(int root) {
    return (1 + 3L * root) * MIB;
  }

  /** Minutes of calls and faults, then nothing. */
  void run(int minutes) {
    for (int i = 0; i < NODES; i++) {
      String name = "n" + i;
      gateway.join(name, new Capacity(1 << 30, SLOTS, FakeNodes.MEMORY));
      held.put(name, new HashMap<>());
    }
    for (int i = 0; i < ROOTS; i++) {
      roots.add(FakeNodes.cid("root " + i));
      keep("n" + i % 2, i, HoldingKind.ROOT);
    }
    held.keySet().forEach(this::snapshot);
    for (int second = 0; second < 60 * minutes; second++) {
      fault();
      for (int call = random.nextInt(12); call > 0; call--) {
        call(second / 45 % ROOTS);
      }
      pass();
    }
    calm = true;
    silent.clear();
    held.keySet().forEach(this::snapshot);
    while (!running.isEmpty()) {
      end(0);
    }
    for (int second = 0; second < 240; second++) {
      pass();
    }
    for (Cid root : roots) {
      boolean left = gateway.index.holders(root).stream().anyMatch(Holder::isCopy);
      check(!left, "a copy is left of what nobody wants");
    }
    check(hot.all().isEmpty(), "what nobody wants is still counted");
  }

  private void keep(String name, int root, HoldingKind kind) {
    Cid cid = roots.get(root);
    held.getOrDefault(name, Map.of()).put(cid, new Holding(cid, -1, size(root), true, kind));
  }

  private void snapshot(String name) {
    gateway.snapshot(name, held.getOrDefault(name, Map.of()).values().toArray(Holding[]::new));
  }

  private void fault() {
    String name = "n" + random.nextInt(NODES);
    switch (random.nextInt(40)) {
      case 0 -> silent.put(name, true);
      case 1, 2 -> {
        if (silent.remove(name) != null) {
          snapshot(name);
        }
      }
      case 3 -> pinSomeCopy(name);
      default -> {}
    }
  }

  /** The owner keeps what was a copy until now. */
  private void pinSomeCopy(String name) {
    for (Holding copy : List.copyOf(held.getOrDefault(name, Map.of()).values())) {
      if (copy.kind() == HoldingKind.COPIED && !silent.containsKey(name)) {
        keep(name, roots.indexOf(copy.cid()), HoldingKind.ROOT);
        snapshot(name);
        return;
      }
    }
  }

  private void call(int wanted) {
    int root = random.nextInt(3) == 0 ? random.nextInt(ROOTS) : wanted;
    // What is below the third root may never travel, and what is below the last one now and then.
    long most = root == 2 ? size(root) - 1 : random.nextInt(3) == 0 ? 0 : 64 * MIB;
    Question question =
        new Question(
            FUNCTION,
            FakeNodes.MEMORY,
            List.of(Question.Wanted.whole(roots.get(root))),
            most,
            Needs.NONE);
    if (placement.decide(question) instanceof Decision.Run run) {
      Choice first = run.choices().getFirst();
      allowed.merge(roots.get(root), most, Math::max);
      HotRoot counted = hot.called(question, first);
      first.node().callStarted();
      running.add(new Running(first.node(), counted));
    }
  }

  private void end(int at) {
    Running ended = running.remove(at);
    ended.node.callEnded();
    if (ended.wanted != null) {
      ended.wanted.ended();
    }
  }

  private void pass() {
    seconds++;
    for (String name : held.keySet()) {
      if (!silent.containsKey(name)) {
        gateway.heartbeat(name);
      }
    }
    gateway.pass(SECOND);
    while (running.size() > 16 || (!running.isEmpty() && random.nextInt(4) > 0)) {
      end(random.nextInt(running.size()));
    }
    while (!open.isEmpty() && random.nextBoolean()) {
      finish(open.removeFirst());
    }
    for (Action action : plan.next()) {
      begin(action);
      open.addLast(action);
    }
  }

  private void begin(Action action) {
    switch (action) {
      case Copy copy -> {
        check(copy.node().isReady(), "a copy for a node that is not here");
        long size = size(roots.indexOf(copy.root()));
        check(allowed.getOrDefault(copy.root(), 0L) >= size, "no call let it travel");
        check(copy.maxBytes() > size, "less may travel than there is");
        travelled.addLast(new long[] {seconds, copy.maxBytes()});
        while (travelled.getFirst()[0] <= seconds - 60) {
          travelled.removeFirst();
        }
        long sum = travelled.stream().mapToLong(one -> one[1]).sum();
        check(sum <= BUDGET, sum + " bytes within a minute");
        for (Holder holder : gateway.index.holders(copy.root())) {
          check(holder.node() != copy.node(), "it has it already");
        }
        for (KnownNode from : copy.from()) {
          boolean has = held.getOrDefault(from.name(), Map.of()).containsKey(copy.root());
          check(has && from != copy.node(), from.name() + " does not have it");
        }
      }
      case Drop drop -> {
        Holding there = held.getOrDefault(drop.node().name(), Map.of()).get(drop.root());
        check(there != null && there.kind() == HoldingKind.COPIED, "what is dropped is no copy");
        Holding other = held.getOrDefault(drop.witness().name(), Map.of()).get(drop.root());
        check(other != null && other.kind() == HoldingKind.ROOT, "nobody else has it");
        check(drop.witness() != drop.node() && drop.witness().isReady(), "nobody else is here");
      }
    }
  }

  /** What a node does with an order: it may be gone, or may not want to. */
  private void finish(Action action) {
    String name = action.node().name();
    Map<Cid, Holding> its = held.getOrDefault(name, Map.of());
    boolean well = !silent.containsKey(name) && (calm || random.nextInt(5) > 0);
    switch (action) {
      case Copy copy -> {
        if (well) {
          keep(name, roots.indexOf(copy.root()), HoldingKind.COPIED);
          gateway.delta(name, List.of(its.get(copy.root())), List.of());
          hot.copied(copy.root());
          made++;
        }
      }
      case Drop drop -> {
        Holding there = its.get(drop.root());
        well &= there != null && there.kind() == HoldingKind.COPIED;
        if (well) {
          its.remove(drop.root());
          gateway.delta(name, List.of(), List.of(drop.root()));
          dropped++;
        }
      }
    }
    plan.ended(action, well);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
