package dev.limpet.wasmhost.engine;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import run.endive.runtime.TableInstance;

/**
 * Lets a call through a table go to the functions of its own instance only.
 *
 * <p>The engine asks the table whose function it is, and ends each such method with a call of
 * another instance. For {@link Callees#OWN} there is nothing to ask. Without the question and that
 * end a call through a table to some twenty functions is small enough for the JIT to inline, which
 * takes methods of 325 bytes at most.
 *
 * <p>Stack maps stay valid: the variable of the other instance is still set, to null.
 */
final class OwnCalls {
  private static final String TABLE = Type.getInternalName(TableInstance.class);
  private static final String WHOSE = "instance";

  /** What follows the question, up to the jump. */
  private static final int[] COMPARISON = {
    Opcodes.ASTORE, Opcodes.ALOAD, Opcodes.IFNULL, Opcodes.ALOAD, Opcodes.ALOAD
  };

  private OwnCalls() {}

  /** Rewrites a method that calls through a table; leaves any other as it is. */
  static void rewrite(MethodNode method) {
    for (AbstractInsnNode at : method.instructions) {
      if (at instanceof MethodInsnNode call
          && call.owner.equals(TABLE)
          && call.name.equals(WHOSE)
          && is(call.getPrevious(), Opcodes.ILOAD)
          && is(call.getPrevious().getPrevious(), Opcodes.ALOAD)) {
        JumpInsnNode other = comparison(call);
        if (other != null) {
          replace(method.instructions, call, other);
        }
        return;
      }
    }
  }

  private static boolean is(@Nullable AbstractInsnNode instruction, int opcode) {
    return instruction != null && instruction.getOpcode() == opcode;
  }

  /** The jump to the call of another instance, if the rest of the method is that. */
  private static @Nullable JumpInsnNode comparison(MethodInsnNode whose) {
    AbstractInsnNode at = whose;
    for (int opcode : COMPARISON) {
      at = at.getNext();
      if (!is(at, opcode)) {
        return null;
      }
    }
    return at.getNext() instanceof JumpInsnNode jump
            && jump.getOpcode() == Opcodes.IF_ACMPNE
            && isLast(jump.label)
        ? jump
        : null;
  }

  /**
   * Whether no jump leads from there to anywhere else, nor from before there to what follows it.
   */
  private static boolean isLast(LabelNode label) {
    for (AbstractInsnNode at = label.getNext(); at != null; at = at.getNext()) {
      if (at instanceof LabelNode || at instanceof JumpInsnNode) {
        return false;
      }
    }
    return true;
  }

  private static void replace(InsnList code, MethodInsnNode whose, JumpInsnNode other) {
    AbstractInsnNode store = whose.getNext();
    for (int i = 0; i < COMPARISON.length; i++) {
      code.remove(store.getNext()); // the store stays, and the jump goes
    }
    code.remove(whose.getPrevious().getPrevious()); // the table
    code.remove(whose.getPrevious()); // the index
    code.set(whose, new InsnNode(Opcodes.ACONST_NULL));
    while (other.label.getNext() != null) {
      code.remove(other.label.getNext());
    }
    code.remove(other.label);
  }
}
