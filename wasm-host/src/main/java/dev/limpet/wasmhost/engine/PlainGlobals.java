package dev.limpet.wasmhost.engine;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/** Makes of the engine's calls for one of the {@link FirstGlobals} the read or write itself. */
final class PlainGlobals {

  private static final String READ = "readGlobal";
  private static final String WRITE = "writeGlobal";
  private static final String OURS = Type.getInternalName(GuestMemory.class);

  /** To write, the memory stands above and below the value for a moment. */
  private static final int MORE_STACK = 2;

  private PlainGlobals() {}

  /**
   * Rewrites a function.
   *
   * @param memory the parameter that is the memory
   * @param kept how many globals of the module are kept there
   * @throws IllegalArgumentException when it cannot be told which global is read or written: were
   *     the call left, it would go to a value that nobody keeps any more
   */
  static void rewrite(MethodNode function, int memory, int kept) {
    for (AbstractInsnNode at : function.instructions.toArray()) {
      if (kept > 0 && at instanceof MethodInsnNode call && isGlobal(call)) {
        replace(function.instructions, call, memory, kept);
      }
    }
    function.maxStack += MORE_STACK;
  }

  /** Whether that is the engine's call for a global. */
  static boolean isGlobal(MethodInsnNode call) {
    return call.name.equals(READ) || call.name.equals(WRITE);
  }

  /** The stack has the value to write, the number, the instance; the last two were just pushed. */
  private static void replace(InsnList code, MethodInsnNode call, int memory, int kept) {
    AbstractInsnNode instance = call.getPrevious();
    AbstractInsnNode number = instance.getPrevious();
    Integer index = StraightJumps.constant(number);
    if (index == null) {
      throw new IllegalArgumentException("the number of a global that is no constant");
    }
    if (index >= kept) {
      return;
    }
    code.insertBefore(number, access(call.name.equals(WRITE), index, memory));
    code.remove(number);
    code.remove(instance);
    code.remove(call);
  }

  private static InsnList access(boolean writes, int index, int memory) {
    InsnList code = new InsnList();
    code.add(new VarInsnNode(Opcodes.ALOAD, memory));
    code.add(new TypeInsnNode(Opcodes.CHECKCAST, OURS));
    if (writes) {
      code.add(new InsnNode(Opcodes.DUP_X2));
      code.add(new InsnNode(Opcodes.POP));
    }
    int opcode = writes ? Opcodes.PUTFIELD : Opcodes.GETFIELD;
    code.add(new FieldInsnNode(opcode, OURS, FirstGlobals.FIELD + index, "J"));
    return code;
  }
}
