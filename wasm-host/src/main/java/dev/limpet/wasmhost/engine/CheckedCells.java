package dev.limpet.wasmhost.engine;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicInterpreter;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Finds reads and writes of memory that need not look where memory ends, since one before them did:
 * of the same base, and of as many bytes behind it at least. Memory never shrinks while code runs.
 *
 * <p>The JIT does not see this by itself: its index after a check is another value than the one
 * before. Code is read once, in order; what is known is forgotten where a jump may arrive. So two
 * values are the same only when one instruction made both.
 */
final class CheckedCells {

  private final MethodNode function;
  private final Set<MethodInsnNode> checked = new HashSet<>();

  /** By the base: how many bytes behind it are the guest's. */
  private final Map<MadeValue, Integer> known = new HashMap<>();

  private CheckedCells(MethodNode function) {
    this.function = function;
  }

  /**
   * Reads a function.
   *
   * @param function with expanded frames
   * @return of its calls that read and write memory those that need no check
   */
  static Set<MethodInsnNode> in(MethodNode function) {
    CheckedCells cells = new CheckedCells(function);
    try {
      cells.follow();
    } catch (AnalyzerException e) {
      throw new IllegalStateException("the engine made code that cannot be followed", e);
    }
    return cells.checked;
  }

  private void follow() throws AnalyzerException {
    Follower follower = new Follower();
    Frame<BasicValue> frame = new Frame<>(function.maxLocals, function.maxStack);
    forget(frame, List.of());
    for (AbstractInsnNode at : function.instructions) {
      if (at instanceof FrameNode labelled) {
        forget(frame, labelled.stack);
      } else if (at.getOpcode() >= 0) {
        frame.execute(at, follower);
      }
    }
  }

  private void forget(Frame<BasicValue> frame, List<Object> stack) {
    known.clear();
    for (int i = 0; i < frame.getLocals(); i++) {
      frame.setLocal(i, unknown());
    }
    frame.clearStack();
    stack.forEach(type -> frame.push(made(MadeValue.ofWidth(type))));
  }

  private void access(MethodInsnNode call, BasicValue value) {
    CellCode.Cell cell = CellCode.Cell.of(call);
    if (value instanceof MadeValue base && !cell.isBeyond()) {
      int before = known.getOrDefault(base, 0);
      if (cell.end() <= before) {
        checked.add(call);
      } else {
        known.put(base, cell.end());
      }
    }
  }

  private static MadeValue unknown() {
    return new MadeValue(Type.INT_TYPE);
  }

  /** A value like that: of an integer one that is no other. */
  private static @Nullable BasicValue made(@Nullable BasicValue value) {
    return BasicValue.INT_VALUE.equals(value) ? unknown() : value;
  }

  /** Is told of each instruction with the values that it takes, and says what it makes. */
  private final class Follower extends BasicInterpreter {
    private final Map<Integer, MadeValue> constants = new HashMap<>();

    Follower() {
      super(Opcodes.ASM9);
    }

    @Override
    public @Nullable BasicValue newOperation(AbstractInsnNode at) throws AnalyzerException {
      Integer constant = StraightJumps.constant(at);
      return constant == null
          ? made(super.newOperation(at))
          : constants.computeIfAbsent(constant, _ -> unknown());
    }

    @Override
    public BasicValue copyOperation(AbstractInsnNode at, BasicValue value)
        throws AnalyzerException {
      return switch (at.getOpcode()) {
        case Opcodes.FLOAD -> BasicValue.FLOAT_VALUE;
        case Opcodes.DLOAD -> BasicValue.DOUBLE_VALUE;
        case Opcodes.LLOAD -> BasicValue.LONG_VALUE;
        case Opcodes.ALOAD -> BasicValue.REFERENCE_VALUE;
        default -> value;
      };
    }

    @Override
    public @Nullable BasicValue unaryOperation(AbstractInsnNode at, BasicValue value)
        throws AnalyzerException {
      return made(super.unaryOperation(at, value));
    }

    @Override
    public @Nullable BasicValue binaryOperation(
        AbstractInsnNode at, BasicValue first, BasicValue second) throws AnalyzerException {
      return made(super.binaryOperation(at, first, second));
    }

    @Override
    public @Nullable BasicValue naryOperation(
        AbstractInsnNode at, List<? extends BasicValue> values) throws AnalyzerException {
      if (at instanceof MethodInsnNode call && CellCode.isCell(call)) {
        access(call, values.getFirst());
      }
      return made(super.naryOperation(at, values));
    }
  }
}
