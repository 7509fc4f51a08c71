package dev.limpet.wasmhost.engine;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Lets a jump that has just said where it wants to go, go there.
 *
 * <p>Wasm has no jumps, so compilers of languages that have them (Go above all) make of a function
 * a loop around a switch: each jump sets a variable to the number of a case and goes back to the
 * loop's head. The JIT sees nothing but one loop whose every round may do anything. Here the jump
 * goes to the case itself. The variable is set as before, and the round is paid as before.
 *
 * <p>Stack maps stay valid: what holds at the jump holds at the switch, and that holds at each of
 * its cases.
 */
final class StraightJumps {

  private StraightJumps() {}

  /** Rewrites a function. */
  static void rewrite(MethodNode function) {
    for (AbstractInsnNode at : function.instructions) {
      if (at instanceof JumpInsnNode jump && jump.getOpcode() == Opcodes.GOTO) {
        LabelNode target = target(jump);
        if (target != null) {
          jump.label = target;
        }
      }
    }
  }

  /** The case that the jump ends at, or null when that is not plain to see. */
  private static @Nullable LabelNode target(JumpInsnNode jump) {
    if (!(real(jump.label) instanceof VarInsnNode load)
        || load.getOpcode() != Opcodes.ILOAD
        || !(before(jump) instanceof VarInsnNode store)
        || store.getOpcode() != Opcodes.ISTORE
        || store.var != load.var) {
      return null;
    }
    Integer value = constant(store.getPrevious());
    return value == null ? null : switched(real(load.getNext()), value);
  }

  /** The instruction before a jump and its payment; a label is none, for others may come there. */
  private static @Nullable AbstractInsnNode before(JumpInsnNode jump) {
    AbstractInsnNode before = jump.getPrevious();
    return before instanceof MethodInsnNode call && call.name.equals(MeteringPass.HOOK)
        ? before.getPrevious()
        : before;
  }

  /** The first instruction from there on. */
  private static @Nullable AbstractInsnNode real(@Nullable AbstractInsnNode from) {
    AbstractInsnNode at = from;
    while (at != null && at.getOpcode() < 0) {
      at = at.getNext();
    }
    return at;
  }

  private static @Nullable LabelNode switched(@Nullable AbstractInsnNode at, int value) {
    return switch (at) {
      case TableSwitchInsnNode table ->
          value < table.min || value > table.max ? table.dflt : table.labels.get(value - table.min);
      case LookupSwitchInsnNode table -> {
        int index = table.keys.indexOf(value);
        yield index < 0 ? table.dflt : table.labels.get(index);
      }
      case null, default -> null;
    };
  }

  /** What an instruction pushes, or null when it is not an int that stands in it. */
  static @Nullable Integer constant(@Nullable AbstractInsnNode push) {
    return switch (push) {
      case LdcInsnNode it when it.cst instanceof Integer value -> value;
      case IntInsnNode it when it.getOpcode() != Opcodes.NEWARRAY -> it.operand;
      case InsnNode it
          when it.getOpcode() >= Opcodes.ICONST_M1 && it.getOpcode() <= Opcodes.ICONST_5 ->
          it.getOpcode() - Opcodes.ICONST_0;
      case null, default -> null;
    };
  }
}
