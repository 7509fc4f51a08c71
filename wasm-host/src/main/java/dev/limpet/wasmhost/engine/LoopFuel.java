package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.split.CodeSize;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import run.endive.runtime.Memory;

/**
 * Keeps the fuel of a function in a variable while it runs in loops that call nothing.
 *
 * <p>A turn of such a loop then is paid with {@code --fuel >= 0}, at its end, and no field is
 * written in it. When the fuel is used up the function fetches more and goes back, not into the
 * loop but to the door before it: so the loop has no call, which could change any field and wants
 * all registers, and what it reads of the memory object is read before it.
 *
 * <p>Invariant. Either the variable holds what is left of the slice, or the field does. The field
 * does from before each call to behind it, and from before each return; the variable does at each
 * label. Where it does and something may trap, a handler writes it back and throws on, so fuel is
 * exact whatever ends the function.
 */
final class LoopFuel {

  private static final String MEMORY = Type.getDescriptor(Memory.class);
  private static final String OURS = Type.getInternalName(GuestMemory.class);
  private static final String FUEL = Type.getInternalName(Fuel.class);
  private static final String CELLS = Type.getInternalName(Cells.class);
  private static final String REFILL = "(" + MEMORY + "I)I";
  private static final List<Object> TYPES = List.of(Opcodes.INTEGER);

  /**
   * An object and a long, or two ints, besides what is there. In the handler that is what was
   * thrown, and {@link MeteringPass} adds two more to all.
   */
  private static final int MORE_STACK = 3;

  private static final int BYTES_PER_CALL = 24;
  private static final int BYTES_PER_TURN = 24;

  private final MethodNode function;
  private final InsnList code;
  private final int memory;
  private final int fuel;
  private final LabelNode handler = new LabelNode();

  /** By the label of a loop, what stands before it. */
  private final Map<LabelNode, LabelNode> doors = new HashMap<>();

  /** Since where the variable holds the fuel, or null when the field does. */
  private @Nullable LabelNode since;

  private LoopFuel(MethodNode function, int memory) {
    this.function = function;
    this.code = function.instructions;
    this.memory = memory;
    this.fuel = OwnVariables.insert(function, TYPES);
  }

  /**
   * Rewrites a function that has a loop without calls, unless it is too large, or catches what its
   * calls throw.
   *
   * @param function static, with expanded frames
   * @param memory the parameter that is the memory
   */
  static void rewrite(MethodNode function, int memory) {
    if (function.tryCatchBlocks.isEmpty()
        && hasLoopWithoutCalls(function)
        && size(function) < PlainCode.REACH) {
      new LoopFuel(function, memory).rewrite();
    }
  }

  /** Whether it has a loop in which nothing is called that may use fuel. */
  static boolean hasLoopWithoutCalls(MethodNode function) {
    Map<LabelNode, Integer> seen = new HashMap<>();
    int calls = 0;
    for (AbstractInsnNode at : function.instructions) {
      JumpInsnNode jump = PlainCode.paidJump(at);
      if (at instanceof LabelNode label) {
        seen.put(label, calls);
      } else if (jump != null && seen.getOrDefault(jump.label, -1) == calls) {
        return true;
      } else if (jump == null && movesFuel(at)) {
        calls++;
      }
    }
    return false;
  }

  private static int size(MethodNode function) {
    int size = CodeSize.of(function);
    for (AbstractInsnNode at : function.instructions) {
      if (PlainCode.paidJump(at) != null) {
        size += BYTES_PER_TURN;
      } else if (movesFuel(at)) {
        size += BYTES_PER_CALL;
      }
    }
    return size;
  }

  /** Whether fuel may be used there: in any call, but for those that are known not to. */
  private static boolean movesFuel(AbstractInsnNode at) {
    if (!(at instanceof MethodInsnNode call)) {
      return false;
    }
    boolean plain =
        call.owner.startsWith("java/")
            || call.owner.equals(CELLS)
            || (call.getOpcode() == Opcodes.INVOKESTATIC && !call.desc.contains(";"));
    return PlainCode.isHook(at) || !(PlainGlobals.isGlobal(call) || CellCode.isCell(call) || plain);
  }

  private void rewrite() {
    makeDoors();
    AbstractInsnNode[] before = code.toArray();
    InsnList first = take();
    since = new LabelNode();
    first.add(since);
    code.insert(first);
    for (AbstractInsnNode at : before) {
      rewrite(at);
    }
    holdUntil(null);
    code.add(handler);
    List<Object> locals = OwnVariables.behindParameters(function, TYPES);
    code.add(
        new FrameNode(
            Opcodes.F_NEW,
            locals.size(),
            locals.toArray(),
            1,
            new Object[] {"java/lang/Throwable"}));
    code.add(give());
    code.add(new InsnNode(Opcodes.ATHROW));
    function.maxStack += MORE_STACK;
  }

  private void rewrite(AbstractInsnNode at) {
    JumpInsnNode jump = PlainCode.paidJump(at);
    int opcode = at.getOpcode();
    if (jump != null) {
      variableHolds(at);
      pay(at, jump);
    } else if (movesFuel(at)) {
      fieldHolds(at);
    } else if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
      fieldHolds(at);
      since = new LabelNode();
      code.insert(at, since);
    } else if (at instanceof LabelNode || isJump(at)) {
      variableHolds(at);
    } else if (opcode == Opcodes.ATHROW && since == null) {
      since = new LabelNode();
      code.insert(at, since);
    }
  }

  private static boolean isJump(AbstractInsnNode at) {
    return at instanceof JumpInsnNode
        || at instanceof TableSwitchInsnNode
        || at instanceof LookupSwitchInsnNode;
  }

  /** From the field to the variable, unless it is there. */
  private void variableHolds(AbstractInsnNode before) {
    if (since == null) {
      since = new LabelNode();
      code.insertBefore(before, take());
      code.insertBefore(before, since);
    }
  }

  private void fieldHolds(AbstractInsnNode before) {
    if (since != null) {
      holdUntil(before);
      code.insertBefore(before, give());
    }
  }

  private InsnList take() {
    InsnList list = new InsnList();
    list.add(new VarInsnNode(Opcodes.ALOAD, memory));
    list.add(new TypeInsnNode(Opcodes.CHECKCAST, OURS));
    list.add(new FieldInsnNode(Opcodes.GETFIELD, OURS, Meter.SLICE_FIELD, "J"));
    list.add(new InsnNode(Opcodes.L2I)); // at most a slice
    list.add(new VarInsnNode(Opcodes.ISTORE, fuel));
    return list;
  }

  private InsnList give() {
    InsnList list = new InsnList();
    list.add(new VarInsnNode(Opcodes.ALOAD, memory));
    list.add(new TypeInsnNode(Opcodes.CHECKCAST, OURS));
    list.add(new VarInsnNode(Opcodes.ILOAD, fuel));
    list.add(new InsnNode(Opcodes.I2L));
    list.add(new FieldInsnNode(Opcodes.PUTFIELD, OURS, Meter.SLICE_FIELD, "J"));
    return list;
  }

  /** Ends what the variable holds the fuel for; null is the end of the function. */
  private void holdUntil(@Nullable AbstractInsnNode before) {
    LabelNode start = since;
    since = null;
    if (start == null) {
      return;
    }
    LabelNode end = new LabelNode();
    if (before == null) {
      code.add(end);
    } else {
      code.insertBefore(before, end);
    }
    for (AbstractInsnNode at = start; !at.equals(end); at = at.getNext()) {
      if (mayTrap(at)) {
        function.tryCatchBlocks.add(new TryCatchBlockNode(start, end, handler, null));
        return;
      }
    }
  }

  private static boolean mayTrap(AbstractInsnNode at) {
    int opcode = at.getOpcode();
    return at instanceof MethodInsnNode
        || (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD)
        || (opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE)
        || (opcode >= Opcodes.IDIV && opcode <= Opcodes.DREM)
        || opcode == Opcodes.ATHROW;
  }

  /** Who has paid jumps to where the jump went; who could not goes there by the door. */
  private void pay(AbstractInsnNode hook, JumpInsnNode jump) {
    InsnList payment = new InsnList();
    payment.add(new IincInsnNode(fuel, -1));
    payment.add(new VarInsnNode(Opcodes.ILOAD, fuel));
    payment.add(new JumpInsnNode(Opcodes.IFGE, jump.label));
    code.insertBefore(hook, payment);
    holdUntil(hook);
    InsnList refill = new InsnList();
    refill.add(new VarInsnNode(Opcodes.ALOAD, memory));
    refill.add(new VarInsnNode(Opcodes.ILOAD, fuel));
    refill.add(new MethodInsnNode(Opcodes.INVOKESTATIC, FUEL, "refill", REFILL, false));
    refill.add(new VarInsnNode(Opcodes.ISTORE, fuel));
    since = new LabelNode();
    refill.add(since);
    code.insertBefore(hook, refill);
    code.remove(hook);
    jump.label = doors.getOrDefault(jump.label, jump.label);
  }

  /** Makes a door before each loop, and sends there who comes from before. */
  private void makeDoors() {
    AbstractInsnNode[] before = code.toArray();
    Set<LabelNode> seen = new HashSet<>();
    for (AbstractInsnNode at : before) {
      JumpInsnNode jump = PlainCode.paidJump(at);
      if (at instanceof LabelNode label) {
        seen.add(label);
      } else if (jump != null && seen.contains(jump.label)) {
        doors.computeIfAbsent(jump.label, this::doorBefore);
      }
    }
    seen.clear();
    for (AbstractInsnNode at : before) {
      if (at instanceof LabelNode label) {
        seen.add(label);
      }
      redirect(at, to -> seen.contains(to) ? to : doors.getOrDefault(to, to));
    }
  }

  private static void redirect(AbstractInsnNode jump, UnaryOperator<LabelNode> target) {
    switch (jump) {
      case JumpInsnNode it -> it.label = target.apply(it.label);
      case TableSwitchInsnNode it -> {
        it.labels.replaceAll(target);
        it.dflt = target.apply(it.dflt);
      }
      case LookupSwitchInsnNode it -> {
        it.labels.replaceAll(target);
        it.dflt = target.apply(it.dflt);
      }
      default -> {}
    }
  }

  private @Nullable LabelNode doorBefore(LabelNode loop) {
    AbstractInsnNode at = loop;
    while (at != null && at.getOpcode() < 0 && !(at instanceof FrameNode)) {
      at = at.getNext();
    }
    if (!(at instanceof FrameNode frame)) {
      return null;
    }
    LabelNode door = new LabelNode();
    InsnList list = new InsnList();
    list.add(door);
    list.add(frame.clone(Map.of()));
    list.add(new InsnNode(Opcodes.NOP)); // else door and loop are the same place
    code.insertBefore(loop, list);
    return door;
  }
}
