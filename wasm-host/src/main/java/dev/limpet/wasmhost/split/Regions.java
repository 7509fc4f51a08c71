package dev.limpet.wasmhost.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what becomes methods of their own: from the leaves of the tree of dominators upwards, as
 * soon as what stands below a block is too much, the largest pieces of it, until it is not.
 */
final class Regions {

  /** A piece of fewer bytes is hardly larger than the call that would stand for it. */
  private static final int LEAST = 60;

  /** Looking at a block of a region takes as long as so many other steps. */
  private static final long STEPS_PER_BLOCK = 16;

  private final Blocks blocks;
  private final Dominators tree;
  private final Liveness liveness;
  private final Variables variables;
  private final ExitFields fields;
  private final SplitLimits limits;
  private final Effort effort;
  private final SortedMap<Integer, Region> made = new TreeMap<>();
  private final Set<Integer> carried;
  private final int[] weights;

  /** Pieces that were tried in vain: what is taken out of them later would change little. */
  private final BitSet unmovable = new BitSet();

  /** Of one method. */
  Regions(Plan plan, Dominators tree, SplitLimits limits, Effort effort) {
    this.blocks = plan.blocks();
    this.variables = plan.variables();
    this.liveness = plan.liveness();
    this.fields = plan.fields();
    this.tree = tree;
    this.limits = limits;
    this.effort = effort;
    this.carried = new HashSet<>(variables.carried());
    this.weights = new int[blocks.count()];
  }

  /** By their entries. */
  SortedMap<Integer, Region> choose() {
    for (int block : tree.order().reversed()) {
      weights[block] = blocks.get(block).bytes();
      tree.below(block).forEach(below -> weights[block] += weights[below]);
      if (weights[block] > limits.part()) {
        lighten(block);
      }
    }
    return made;
  }

  /** What is left when all regions are taken away, which can call them. */
  Region root() {
    return region(0);
  }

  private void lighten(int block) {
    PriorityQueue<Integer> pieces =
        new PriorityQueue<>(
            Comparator.comparingInt((Integer piece) -> -weights[piece]).thenComparing(p -> p));
    pieces.addAll(tree.below(block));
    while (!pieces.isEmpty() && weights[block] > limits.part()) {
      int piece = pieces.remove();
      if (weights[piece] < LEAST || made.size() == SplitLimits.MAX_PARTS) {
        return;
      }
      if (made.containsKey(piece)) {
        continue;
      }
      effort.spend(1);
      Region region = unmovable.get(piece) ? null : region(piece);
      if (region == null || !canMove(region)) {
        unmovable.set(piece);
        pieces.addAll(tree.below(piece));
      } else if (bytesOfCall(region) < weights[piece]) {
        take(piece, block, region);
      }
    }
  }

  /** Makes a piece a region; what stands above it, up to that block, becomes lighter. */
  private void take(int piece, int block, Region region) {
    made.put(piece, region);
    int less = weights[piece] - bytesOfCall(region);
    int at = piece;
    weights[at] -= less;
    while (at != block) {
      at = tree.above(at);
      weights[at] -= less;
    }
  }

  private int bytesOfCall(Region region) {
    int bytes = 10 + 2 * region.inputs().size();
    for (List<Integer> given : region.exits().values()) {
      bytes += 5 + 2 * given.size();
    }
    return bytes + (region.returns() ? 5 : 0) + (region.ways() > 2 ? 16 : 0);
  }

  private boolean canMove(Region region) {
    if (!blocks.get(region.entry()).stack().isEmpty()
        || region.inputs().size() > SplitLimits.MAX_MOVED) {
      return false;
    }
    return region.exits().entrySet().stream()
        .allMatch(
            exit -> blocks.get(exit.getKey()).stack().isEmpty() && hasFields(exit.getValue()));
  }

  private boolean hasFields(List<Integer> given) {
    for (Kind kind : Kind.values()) {
      long wanted = given.stream().filter(variable -> variables.kind(variable) == kind).count();
      if (wanted > fields.count(kind)) {
        return false;
      }
    }
    return true;
  }

  private Region region(int entry) {
    List<Integer> own = collect(entry);
    effort.spend(own.size() * (STEPS_PER_BLOCK + variables.count() / Long.SIZE));
    Set<Integer> inside = new HashSet<>(own);
    BitSet used = new BitSet();
    BitSet changed = new BitSet();
    Set<Integer> targets = new HashSet<>();
    boolean returns = false;
    for (int block : own) {
      Region called = called(entry, block);
      if (called == null) {
        used.or(liveness.used(block));
        changed.or(liveness.changed(block));
        targets.addAll(blocks.get(block).next());
        returns |= Code.isReturn(blocks.code().at(blocks.get(block).last()));
      } else {
        called.inputs().forEach(used::set);
        used.or(called.changed());
        changed.or(called.changed());
        targets.addAll(called.exits().keySet());
        returns |= called.returns();
      }
    }
    SortedMap<Integer, List<Integer>> exits = new TreeMap<>();
    for (int target : targets) {
      if (!inside.contains(target)) {
        exits.put(target, both(changed, liveness.live(target)));
      }
    }
    return new Region(entry, own, both(used, liveness.live(entry)), changed, exits, returns);
  }

  private @Nullable Region called(int entry, int block) {
    return block == entry ? null : made.get(block);
  }

  private List<Integer> both(BitSet one, BitSet other) {
    BitSet both = (BitSet) one.clone();
    both.and(other);
    return both.stream().boxed().filter(variable -> !carried.contains(variable)).toList();
  }

  private List<Integer> collect(int entry) {
    List<Integer> own = new ArrayList<>();
    Deque<Integer> open = new ArrayDeque<>();
    open.push(entry);
    while (!open.isEmpty()) {
      int block = open.pop();
      own.add(block);
      if (called(entry, block) == null) {
        tree.below(block).forEach(open::push);
      }
    }
    own.sort(Comparator.naturalOrder());
    return own;
  }
}
