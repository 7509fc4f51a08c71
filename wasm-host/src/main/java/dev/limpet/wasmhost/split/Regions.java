package dev.limpet.wasmhost.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses what becomes methods of their own, each with one entry: from the leaves of the tree of
 * dominators upwards, as soon as what stands below a block is too much, the largest pieces of it,
 * until it is not.
 */
final class Regions {

  /** A piece of fewer bytes is hardly larger than the call that would stand for it. */
  private static final int LEAST = 60;

  /** Looking at a block of a region takes as long as so many other steps. */
  static final long STEPS_PER_BLOCK = 16;

  private final Plan plan;
  private final Blocks blocks;
  private final Dominators tree;
  private final SplitLimits limits;
  private final Effort effort;
  private final SortedMap<Integer, Region> made = new TreeMap<>();
  private final int[] weights;

  /** Pieces that were tried in vain: what is taken out of them later would change little. */
  private final BitSet unmovable = new BitSet();

  /** Of one method. */
  Regions(Plan plan, SplitLimits limits, Effort effort) {
    this.plan = plan;
    this.blocks = plan.blocks();
    this.tree = plan.tree();
    this.limits = limits;
    this.effort = effort;
    this.weights = new int[blocks.count()];
    choose();
  }

  private void choose() {
    for (int block : tree.order().reversed()) {
      weights[block] = blocks.get(block).bytes();
      tree.below(block).forEach(below -> weights[block] += weights[below]);
      if (weights[block] > limits.part()) {
        lighten(block);
      }
    }
  }

  /** Those that were chosen, by their entries. */
  SortedMap<Integer, Region> made() {
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
      if (region == null || !region.canMove(plan)) {
        unmovable.set(piece);
        pieces.addAll(tree.below(piece));
      } else if (region.bytesOfCall(plan) < weights[piece]) {
        take(piece, block, region);
      }
    }
  }

  /** Makes a piece a region; what stands above it, up to that block, becomes lighter. */
  private void take(int piece, int block, Region region) {
    made.put(piece, region);
    int less = weights[piece] - region.bytesOfCall(plan);
    int at = piece;
    weights[at] -= less;
    while (at != block) {
      at = tree.above(at);
      weights[at] -= less;
    }
  }

  private Region region(int entry) {
    List<Integer> own = collect(entry);
    effort.spend(own.size() * (STEPS_PER_BLOCK + plan.variables().count() / Long.SIZE));
    return Region.of(plan, List.of(entry), own, block -> called(entry, block));
  }

  private @Nullable Region called(int entry, int block) {
    return block == entry ? null : made.get(block);
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
