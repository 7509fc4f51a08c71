package dev.limpet.wasmhost.split;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;

/** Which variables each block uses and changes, and which are needed at its start. */
final class Liveness {

  private final BitSet[] read;
  private final BitSet[] changed;
  private final BitSet[] used;
  private final BitSet[] live;

  /**
   * Looks at all blocks.
   *
   * @param order in which ways lead on, see {@link Dominators#order}
   */
  Liveness(Blocks blocks, Variables variables, List<Integer> order, Effort effort) {
    read = sets(blocks.count());
    changed = sets(blocks.count());
    used = sets(blocks.count());
    live = sets(blocks.count());
    for (int block = 0; block < blocks.count(); block++) {
      look(blocks, block, variables);
    }
    int words = variables.count() / Long.SIZE + 1;
    boolean more = true;
    while (more) {
      more = false;
      for (int block : order.reversed()) {
        List<Integer> next = blocks.get(block).next();
        effort.spend((long) words * (next.size() + 1));
        BitSet needed = new BitSet();
        next.forEach(one -> needed.or(live[one]));
        needed.andNot(changed[block]);
        needed.or(read[block]);
        more |= !needed.equals(live[block]);
        live[block] = needed;
      }
    }
  }

  private static BitSet[] sets(int count) {
    BitSet[] sets = new BitSet[count];
    Arrays.setAll(sets, _ -> new BitSet());
    return sets;
  }

  private void look(Blocks blocks, int block, Variables variables) {
    Code code = blocks.code();
    for (int i = blocks.get(block).first(); i < blocks.get(block).end(); i++) {
      AbstractInsnNode at = code.at(i);
      int variable = variables.of(at);
      if (variable >= 0) {
        boolean increments = at.getOpcode() == Opcodes.IINC;
        boolean stores = !increments && Kind.isStore(at.getOpcode());
        used[block].set(variable);
        if (!stores && !changed[block].get(variable)) {
          read[block].set(variable);
        }
        if (stores || increments) {
          changed[block].set(variable);
        }
      }
    }
  }

  /** What is in them at the start of a block is read later. Not a copy. */
  BitSet live(int block) {
    return live[block];
  }

  /** They are read or changed in a block. Not a copy. */
  BitSet used(int block) {
    return used[block];
  }

  /** They are changed in a block. Not a copy. */
  BitSet changed(int block) {
    return changed[block];
  }
}
