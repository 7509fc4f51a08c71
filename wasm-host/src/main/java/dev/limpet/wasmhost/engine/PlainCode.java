package dev.limpet.wasmhost.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.CodeSizeEvaluator;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import run.endive.runtime.Memory;
import run.endive.runtime.OpcodeImpl;

/**
 * Makes of calls that stand in the hottest loops what they do. The JIT inlines however small a
 * method only until a function has some 8000 bytes with what was inlined before, or 18 000 nodes,
 * and compilers of Rust and Go make functions that are larger by themselves: there each turn of a
 * loop was a call for its fuel.
 */
final class PlainCode {

  private static final String ENGINE = Type.getInternalName(OpcodeImpl.class);
  private static final String MEMORY = Type.getInternalName(Memory.class);
  private static final String OURS = Type.getInternalName(GuestMemory.class);
  private static final String FUEL = Type.getInternalName(Fuel.class);
  private static final String WIDEN = "I64_EXTEND_I32_U";
  private static final long UNSIGNED = 0xffff_ffffL;

  /** What paying for a turn has on the stack besides what is there: an object and two longs. */
  private static final int MORE_STACK = 5;

  /** Bytes from which on a function may be too large for the JIT to inline all that it calls. */
  private static final int LARGE = 3000;

  /** Bytes up to which a conditional jump reaches everything. */
  static final int REACH = 32_000;

  /** More than with the call. */
  private static final int BYTES_PER_TURN = 25;

  /** Of the engine's helper class, by the names that these instructions have elsewhere. */
  private static final Map<String, String> HELPERS = Map.of("i32_ge_u", "I32_GE_U");

  private PlainCode() {}

  /** Instructions that are calls of the engine; comparisons are left for {@link Comparisons}. */
  static void instructions(MethodNode function) {
    for (AbstractInsnNode at : function.instructions.toArray()) {
      if (at instanceof MethodInsnNode call) {
        String name = HELPERS.get(call.name);
        if (name != null) {
          call.owner = ENGINE;
          call.name = name;
        } else if (call.owner.equals(ENGINE) && call.name.equals(WIDEN)) {
          InsnList code = new InsnList();
          code.add(new InsnNode(Opcodes.I2L));
          code.add(new LdcInsnNode(UNSIGNED));
          code.add(new InsnNode(Opcodes.LAND));
          replace(function, call, code);
        }
      }
    }
    function.maxStack += 3;
  }

  /** Whether something is paid there. */
  static boolean isHook(AbstractInsnNode at) {
    return at instanceof MethodInsnNode call && call.name.equals(MeteringPass.HOOK);
  }

  /** The jump that a payment is for, or null when that is no payment, or one for something else. */
  static @Nullable JumpInsnNode paidJump(AbstractInsnNode at) {
    return isHook(at)
            && at.getNext() instanceof JumpInsnNode jump
            && jump.getOpcode() == Opcodes.GOTO
        ? jump
        : null;
  }

  /**
   * The fuel for going back in a loop, in large functions: in others the JIT does as well or better
   * with the call. No frames are needed: who has paid jumps to where a jump went before.
   *
   * @param memory the parameter that is the memory
   * @param room bytes that the function may have
   */
  static void turns(MethodNode function, int memory, int room) {
    CodeSizeEvaluator size = new CodeSizeEvaluator(null);
    function.accept(size);
    if (size.getMaxSize() < LARGE) {
      return;
    }
    List<AbstractInsnNode> hooks = new ArrayList<>();
    for (AbstractInsnNode at : function.instructions) {
      if (paidJump(at) != null) {
        hooks.add(at);
      }
    }
    int after = size.getMaxSize() + hooks.size() * BYTES_PER_TURN;
    if (!hooks.isEmpty() && after < Math.min(room, REACH)) {
      hooks.forEach(hook -> replace(function, hook, payment(memory, hook)));
      function.maxStack += MORE_STACK;
    }
  }

  /** What {@link Fuel#tick} does; the jump that follows is taken when there was no fuel at hand. */
  private static InsnList payment(int memory, AbstractInsnNode hook) {
    JumpInsnNode back = (JumpInsnNode) hook.getNext();
    InsnList code = new InsnList();
    code.add(new VarInsnNode(Opcodes.ALOAD, memory));
    code.add(new TypeInsnNode(Opcodes.CHECKCAST, OURS));
    code.add(new InsnNode(Opcodes.DUP));
    code.add(new FieldInsnNode(Opcodes.GETFIELD, OURS, Meter.SLICE_FIELD, "J"));
    code.add(new InsnNode(Opcodes.LCONST_1));
    code.add(new InsnNode(Opcodes.LSUB));
    code.add(new InsnNode(Opcodes.DUP2_X1));
    code.add(new FieldInsnNode(Opcodes.PUTFIELD, OURS, Meter.SLICE_FIELD, "J"));
    code.add(new InsnNode(Opcodes.LCONST_0));
    code.add(new InsnNode(Opcodes.LCMP));
    code.add(new JumpInsnNode(Opcodes.IFGE, back.label));
    code.add(new VarInsnNode(Opcodes.ALOAD, memory));
    code.add(
        new MethodInsnNode(Opcodes.INVOKESTATIC, FUEL, "refill", "(L" + MEMORY + ";)V", false));
    return code;
  }

  private static void replace(MethodNode function, AbstractInsnNode call, InsnList code) {
    function.instructions.insertBefore(call, code);
    function.instructions.remove(call);
  }
}
