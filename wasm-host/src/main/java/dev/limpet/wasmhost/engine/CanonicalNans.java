package dev.limpet.wasmhost.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicInterpreter;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;
import run.endive.runtime.OpcodeImpl;

/**
 * Makes a guest see the canonical NaN wherever an instruction of wasm makes one. The processor, the
 * interpreter of the JVM and its compilers disagree about sign and payload of such a NaN, and about
 * whether some instructions make a signalling one quiet; wasm allows any of it.
 *
 * <p>What a function computes is what it would if each arithmetic instruction were followed by
 * {@link Nans#canonical}. Most need not be: arithmetic, comparisons and conversions to integers
 * take every NaN for the same. So the call stands only behind an instruction whose result may get
 * to where bits count: memory, globals, parameters, results, {@code reinterpret}, the sign that
 * {@code copysign} takes. Moves keep all bits, as wasm says, and what was loaded stays as it was.
 *
 * <p>Invariants. Code is read once, in order. Values on the stack are followed from one jump or
 * label to the next; one that lies there at a jump counts as seen. A local variable is one value,
 * whatever is in it when: if what is read from it anywhere may be seen, so may be all that is ever
 * stored. An instruction that is not known here sees its operands. {@code abs} and {@code neg} only
 * change the sign: they see nothing, and their result stands for their operand. So each step errs
 * to the side of one call too many, and takes time linear in the code.
 */
final class CanonicalNans {

  private static final String OPCODES = Type.getInternalName(OpcodeImpl.class);
  private static final String NANS = Type.getInternalName(Nans.class);

  /** Without the type before it: what may make a NaN, besides what the JVM has itself. */
  private static final Set<String> ARITHMETIC =
      Set.of("MIN", "MAX", "CEIL", "FLOOR", "TRUNC", "NEAREST", "SQRT");

  private static final Set<String> COMPARISONS = Set.of("EQ", "NE", "LT", "GT", "LE", "GE");

  private final MethodNode function;
  private final List<Value> made = new ArrayList<>();
  private final Map<Integer, Value> variables = new HashMap<>();

  private CanonicalNans(MethodNode function) {
    this.function = function;
  }

  /**
   * Rewrites a function; one without arithmetic on floating point numbers stays as it is.
   *
   * @param function with expanded frames
   */
  static void rewrite(MethodNode function) {
    for (AbstractInsnNode at : function.instructions) {
      if (makesNan(at)) {
        new CanonicalNans(function).rewrite();
        return;
      }
    }
  }

  private static boolean makesNan(AbstractInsnNode instruction) {
    return switch (instruction.getOpcode()) {
      case Opcodes.FADD, Opcodes.FSUB, Opcodes.FMUL, Opcodes.FDIV -> true;
      case Opcodes.DADD, Opcodes.DSUB, Opcodes.DMUL, Opcodes.DDIV -> true;
      case Opcodes.F2D, Opcodes.D2F -> true;
      case Opcodes.INVOKESTATIC -> ARITHMETIC.contains(floating((MethodInsnNode) instruction));
      default -> false;
    };
  }

  /** The name of an instruction on floating point numbers without its type, else nothing. */
  private static String floating(MethodInsnNode call) {
    boolean known = call.owner.equals(OPCODES);
    known &= call.name.startsWith("F32_") || call.name.startsWith("F64_");
    return known ? call.name.substring(4) : "";
  }

  /** Whether it makes an integer of a number. */
  private static boolean truncates(String name) {
    return name.startsWith("I32_TRUNC_") || name.startsWith("I64_TRUNC_");
  }

  private void rewrite() {
    try {
      follow();
    } catch (AnalyzerException e) {
      throw new IllegalStateException("the engine made code that cannot be followed", e);
    }
    for (Value value : made) {
      if (value.seen) {
        String descriptor = "(" + value.getType() + ")" + value.getType();
        function.instructions.insert(
            value.maker,
            new MethodInsnNode(Opcodes.INVOKESTATIC, NANS, "canonical", descriptor, false));
      }
    }
  }

  private void follow() throws AnalyzerException {
    Follower follower = new Follower();
    Frame<BasicValue> frame = new Frame<>(function.maxLocals, function.maxStack);
    for (AbstractInsnNode at : function.instructions) {
      if (at instanceof FrameNode labelled) {
        seeAll(frame);
        frame.clearStack();
        labelled.stack.forEach(type -> frame.push(MadeValue.ofWidth(type)));
      } else if (at.getOpcode() >= 0) {
        frame.execute(at, follower);
        if (jumps(at)) {
          seeAll(frame);
        }
      }
    }
  }

  private static boolean jumps(AbstractInsnNode at) {
    return at instanceof JumpInsnNode
        || at instanceof TableSwitchInsnNode
        || at instanceof LookupSwitchInsnNode;
  }

  private static void seeAll(Frame<BasicValue> frame) {
    for (int i = 0; i < frame.getStackSize(); i++) {
      see(frame.getStack(i));
    }
  }

  /** From now on, and with it all that flows into it. */
  private static void see(@Nullable BasicValue value) {
    if (!(value instanceof Value first) || first.seen) {
      return;
    }
    Deque<BasicValue> open = new ArrayDeque<>(List.of(first));
    while (!open.isEmpty()) {
      if (open.remove() instanceof Value it && !it.seen) {
        it.seen = true;
        open.addAll(it.sources);
        it.sources.clear();
      }
    }
  }

  /** What one instruction makes, or what is in one variable. */
  private static final class Value extends MadeValue {
    final @Nullable AbstractInsnNode maker;
    final List<BasicValue> sources = new ArrayList<>();
    boolean seen;

    Value(Type type, @Nullable AbstractInsnNode maker) {
      super(type);
      this.maker = maker;
    }
  }

  /** Is told of each instruction with the values that it takes, and says what it makes. */
  private final class Follower extends BasicInterpreter {

    Follower() {
      super(Opcodes.ASM9);
    }

    private BasicValue make(AbstractInsnNode maker, BasicValue result) {
      Value value = new Value(result.getType(), maker);
      made.add(value);
      return value;
    }

    private Value variable(AbstractInsnNode access, Type type) {
      int key = ((VarInsnNode) access).var * 2 + type.getSize() - 1;
      return variables.computeIfAbsent(key, _ -> new Value(type, null));
    }

    private BasicValue store(BasicValue value, Value variable) {
      if (variable.seen) {
        see(value);
      } else {
        variable.sources.add(value);
      }
      return value;
    }

    @Override
    public BasicValue copyOperation(AbstractInsnNode at, BasicValue value)
        throws AnalyzerException {
      return switch (at.getOpcode()) {
        case Opcodes.FLOAD -> variable(at, Type.FLOAT_TYPE);
        case Opcodes.DLOAD -> variable(at, Type.DOUBLE_TYPE);
        case Opcodes.ILOAD -> BasicValue.INT_VALUE;
        case Opcodes.LLOAD -> BasicValue.LONG_VALUE;
        case Opcodes.ALOAD -> BasicValue.REFERENCE_VALUE;
        case Opcodes.FSTORE -> store(value, variable(at, Type.FLOAT_TYPE));
        case Opcodes.DSTORE -> store(value, variable(at, Type.DOUBLE_TYPE));
        default -> value;
      };
    }

    @Override
    public @Nullable BasicValue unaryOperation(AbstractInsnNode at, BasicValue value)
        throws AnalyzerException {
      BasicValue result = super.unaryOperation(at, value);
      return switch (at.getOpcode()) {
        case Opcodes.FNEG, Opcodes.DNEG -> value;
        case Opcodes.F2D, Opcodes.D2F -> make(at, result);
        case Opcodes.F2I, Opcodes.F2L, Opcodes.D2I, Opcodes.D2L -> result;
        default -> {
          see(value);
          yield result;
        }
      };
    }

    @Override
    public @Nullable BasicValue binaryOperation(
        AbstractInsnNode at, BasicValue first, BasicValue second) throws AnalyzerException {
      BasicValue result = super.binaryOperation(at, first, second);
      if (makesNan(at)) {
        return make(at, result);
      }
      int opcode = at.getOpcode();
      if (opcode < Opcodes.FCMPL || opcode > Opcodes.DCMPG) {
        see(first);
        see(second);
      }
      return result;
    }

    @Override
    public @Nullable BasicValue ternaryOperation(
        AbstractInsnNode at, BasicValue first, BasicValue second, BasicValue third)
        throws AnalyzerException {
      see(third);
      return super.ternaryOperation(at, first, second, third);
    }

    @Override
    public @Nullable BasicValue naryOperation(
        AbstractInsnNode at, List<? extends BasicValue> values) throws AnalyzerException {
      BasicValue result = super.naryOperation(at, values);
      if (at instanceof MethodInsnNode call && call.owner.equals(OPCODES)) {
        String name = floating(call);
        if (name.equals("ABS")) {
          return values.getFirst();
        }
        if (name.equals("COPYSIGN")) {
          see(values.getLast());
          return values.getFirst();
        }
        if (ARITHMETIC.contains(name)) {
          return make(at, result);
        }
        if (COMPARISONS.contains(name) || truncates(call.name)) {
          return result;
        }
      }
      values.forEach(CanonicalNans::see);
      return result;
    }
  }
}
