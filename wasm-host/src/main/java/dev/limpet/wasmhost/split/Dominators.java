package dev.limpet.wasmhost.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * The tree in which each block stands below the block through which every way to it leads last. So
 * what stands below a block, it included, is entered through that block alone. After Cooper, Harvey
 * and Kennedy, "A simple, fast dominance algorithm".
 */
final class Dominators {

  private final Blocks blocks;
  private final Effort effort;
  private final List<Integer> order = new ArrayList<>();
  private final int[] place;
  private final int[] above;
  private final List<List<Integer>> below = new ArrayList<>();

  Dominators(Blocks blocks, Effort effort) {
    this.blocks = blocks;
    this.effort = effort;
    this.place = new int[blocks.count()];
    this.above = new int[blocks.count()];
    sort();
    find(before());
    for (int block = 0; block < blocks.count(); block++) {
      below.add(new ArrayList<>());
    }
    order.stream().skip(1).forEach(block -> below.get(above[block]).add(block));
  }

  /** All blocks, each before what comes after it but for ways back: in reverse postorder. */
  List<Integer> order() {
    return order;
  }

  /** The blocks right below a block, in that order. */
  List<Integer> below(int block) {
    return below.get(block);
  }

  /** The block right above a block; the first stands below itself. */
  int above(int block) {
    return above[block];
  }

  private void sort() {
    boolean[] seen = new boolean[blocks.count()];
    int[] taken = new int[blocks.count()];
    Deque<Integer> path = new ArrayDeque<>();
    path.push(0);
    seen[0] = true;
    while (!path.isEmpty()) {
      int block = path.getFirst();
      List<Integer> next = blocks.get(block).next();
      if (taken[block] == next.size()) {
        order.add(path.pop());
      } else {
        int one = next.get(taken[block]++);
        if (!seen[one]) {
          seen[one] = true;
          path.push(one);
        }
      }
    }
    Collections.reverse(order);
    for (int i = 0; i < order.size(); i++) {
      place[order.get(i)] = i;
    }
  }

  private List<List<Integer>> before() {
    List<List<Integer>> before = new ArrayList<>();
    for (int block = 0; block < blocks.count(); block++) {
      before.add(new ArrayList<>());
    }
    for (int block : order) {
      blocks.get(block).next().forEach(next -> before.get(next).add(block));
    }
    return before;
  }

  private void find(List<List<Integer>> before) {
    Arrays.fill(above, -1);
    above[0] = 0;
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int block : order.subList(1, order.size())) {
        int found = -1;
        for (int one : before.get(block)) {
          if (above[one] >= 0) {
            found = found < 0 ? one : common(found, one);
          }
        }
        changed |= above[block] != found;
        above[block] = found;
      }
    }
  }

  private int common(int one, int other) {
    int a = one;
    int b = other;
    int steps = 1;
    while (a != b) {
      if (place[a] > place[b]) {
        a = above[a];
      } else {
        b = above[b];
      }
      steps++;
    }
    effort.spend(steps);
    return a;
  }
}
