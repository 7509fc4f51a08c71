package dev.limpet.wasmhost.split;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.LabelNode;

/**
 * The blocks of a method that can be reached, in the order in which they stand; block 0 is its
 * start.
 */
final class Blocks {

  private final Code code;
  private final List<Block> all = new ArrayList<>();
  private final int[] byFirst;

  /**
   * Finds them.
   *
   * @throws TooHardException when there are too many
   */
  Blocks(Code code, StackWalk walk) {
    this.code = code;
    this.byFirst = new int[code.size()];
    Map<Integer, Integer> inOrder = new TreeMap<>(walk.blocks());
    if (inOrder.size() > SplitLimits.MAX_BLOCKS) {
      throw new TooHardException("it has more than " + SplitLimits.MAX_BLOCKS + " blocks");
    }
    Arrays.fill(byFirst, -1);
    int number = 0;
    for (int first : inOrder.keySet()) {
      byFirst[first] = number++;
    }
    inOrder.forEach(
        (first, end) ->
            all.add(new Block(first, end, next(end), walk.stack(first), bytes(first, end))));
  }

  private List<Integer> next(int end) {
    AbstractInsnNode last = code.at(end - 1);
    Set<Integer> next = new LinkedHashSet<>();
    for (LabelNode label : Code.targets(last)) {
      next.add(at(label));
    }
    if (Code.fallsThrough(last)) {
      next.add(byFirst[end]);
    }
    return List.copyOf(next);
  }

  private int bytes(int first, int end) {
    int bytes = 0;
    for (int i = first; i < end; i++) {
      bytes += CodeSize.of(code.at(i));
    }
    return bytes;
  }

  int count() {
    return all.size();
  }

  Block get(int block) {
    return all.get(block);
  }

  /** The block that a label stands before. */
  int at(LabelNode label) {
    return byFirst[code.position(label)];
  }

  Code code() {
    return code;
  }
}
