package dev.limpet.wasmhost.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Finds jumps back that are not paid for right before them, or are for whoever comes in behind the
 * payment.
 */
final class LoopScan {

  private static final String FUEL = Type.getInternalName(Fuel.class);
  private static final String OURS = Type.getInternalName(GuestMemory.class);
  private static final int NONE = -1;

  /** A payment in place; the jump behind it is taken when there was fuel. */
  private static final int[] IN_PLACE = {
    Opcodes.ALOAD, Opcodes.CHECKCAST, Opcodes.DUP, Opcodes.GETFIELD, Opcodes.LCONST_1,
    Opcodes.LSUB, Opcodes.DUP2_X1, Opcodes.PUTFIELD, Opcodes.LCONST_0, Opcodes.LCMP
  };

  /** Of what was paid from, the rest goes to a variable: it may between payment and jump. */
  private static final int[] TO_VARIABLE = {
    Opcodes.ALOAD, Opcodes.CHECKCAST, Opcodes.GETFIELD, Opcodes.L2I, Opcodes.ISTORE
  };

  /** Where jumps and exceptions lead. */
  private final Set<AbstractInsnNode> entries = new HashSet<>();

  /** The variable that {@link LoopFuel} keeps fuel in, or {@link #NONE}. */
  private int variable = NONE;

  private LoopScan(MethodNode function) {
    function.tryCatchBlocks.forEach(block -> entries.add(block.handler));
    for (AbstractInsnNode at : function.instructions) {
      entries.addAll(targets(at));
      if (at instanceof VarInsnNode store && isRefill(store)) {
        variable = store.var;
      }
    }
  }

  /** The functions of these classes that can loop without paying. */
  static List<String> freeLoops(Artifact artifact) {
    return functions(artifact).flatMap(function -> freeJumps(function).stream()).toList();
  }

  /** In how many places each function pays, in all its parts together. */
  static Map<String, Integer> payments(Artifact artifact) {
    Map<String, Integer> payments = new TreeMap<>();
    functions(artifact)
        .forEach(
            function -> {
              for (AbstractInsnNode at : function.instructions) {
                if (isPayment(at)) {
                  payments.merge(function.name.split("[$]", 2)[0], 1, Integer::sum);
                }
              }
            });
    return payments;
  }

  private static Stream<MethodNode> functions(Artifact artifact) {
    return artifact.classes().values().stream()
        .flatMap(
            classFile -> {
              ClassNode made = new ClassNode();
              new ClassReader(classFile).accept(made, 0);
              return made.methods.stream();
            })
        .filter(method -> method.name.startsWith(MeteringPass.FUNCTION));
  }

  /** The jumps back of a function that are not paid for. */
  static List<String> freeJumps(MethodNode function) {
    LoopScan scan = new LoopScan(function);
    List<String> free = new ArrayList<>();
    Set<AbstractInsnNode> behind = new HashSet<>();
    int back = 0;
    for (AbstractInsnNode at : function.instructions) {
      if (at instanceof LabelNode) {
        behind.add(at);
      } else if (targets(at).stream().anyMatch(behind::contains)) {
        back++;
        if (!scan.isPaid(at)) {
          free.add(function.name + ", jump back " + back);
        }
      }
    }
    return free;
  }

  private static List<LabelNode> targets(AbstractInsnNode at) {
    return switch (at) {
      case JumpInsnNode jump -> List.of(jump.label);
      case TableSwitchInsnNode jump -> all(jump.labels, jump.dflt);
      case LookupSwitchInsnNode jump -> all(jump.labels, jump.dflt);
      default -> List.of();
    };
  }

  private static List<LabelNode> all(List<LabelNode> cases, LabelNode other) {
    return Stream.concat(cases.stream(), Stream.of(other)).toList();
  }

  private boolean isPaid(AbstractInsnNode jump) {
    List<AbstractInsnNode> before = before(jump);
    if (jump.getOpcode() == Opcodes.IFGE && (endsWith(before, IN_PLACE) || isCountedDown(before))) {
      return true;
    }
    int moved = endsWith(before, TO_VARIABLE) ? TO_VARIABLE.length : 0;
    if (moved == before.size()) {
      return false;
    }
    AbstractInsnNode last = before.get(before.size() - 1 - moved);
    return isPayment(last) || (last instanceof VarInsnNode store && isRefill(store));
  }

  /** What always runs before a jump, up to where others come in: as much as a payment takes. */
  private List<AbstractInsnNode> before(AbstractInsnNode jump) {
    List<AbstractInsnNode> found = new ArrayList<>();
    AbstractInsnNode at = jump.getPrevious();
    while (at != null && !entries.contains(at) && found.size() < IN_PLACE.length) {
      if (at.getOpcode() >= 0) {
        found.addFirst(at);
      }
      at = at.getPrevious();
    }
    return found;
  }

  /** Whether the last of them are of such kinds, and their fields are that of the fuel. */
  private static boolean endsWith(List<AbstractInsnNode> code, int[] opcodes) {
    int first = code.size() - opcodes.length;
    if (first < 0) {
      return false;
    }
    for (int i = 0; i < opcodes.length; i++) {
      AbstractInsnNode at = code.get(first + i);
      boolean another = at instanceof FieldInsnNode field && !isFuel(field);
      if (at.getOpcode() != opcodes[i] || another) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFuel(FieldInsnNode field) {
    return field.owner.equals(OURS) && field.name.equals(Meter.SLICE_FIELD);
  }

  /** Whether the last of them pay from the variable and look at what is left. */
  private boolean isCountedDown(List<AbstractInsnNode> code) {
    return code.size() > 1
        && code.get(code.size() - 2) instanceof IincInsnNode down
        && down.var == variable
        && down.incr == -1
        && code.getLast() instanceof VarInsnNode look
        && look.getOpcode() == Opcodes.ILOAD
        && look.var == variable;
  }

  private static boolean isPayment(AbstractInsnNode at) {
    return at instanceof MethodInsnNode call
        && call.owner.equals(FUEL)
        && (call.name.equals("tick") || call.name.equals("refill"));
  }

  /** Whether more fuel was paid for, and goes to the variable there. */
  private static boolean isRefill(VarInsnNode store) {
    return store.getOpcode() == Opcodes.ISTORE
        && store.getPrevious() instanceof MethodInsnNode call
        && isPayment(call)
        && call.desc.endsWith(")I");
  }
}
