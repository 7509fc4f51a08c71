package dev.limpet.wasmhost.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.BasicInterpreter;
import org.objectweb.asm.tree.analysis.BasicValue;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Finds what can be reached from the start of a method and what is on the operand stack there. The
 * code has passed the engine, so wherever two ways meet the stack is the same on both: each
 * instruction is looked at once. A long run of instructions gets further starts of blocks, where
 * the stack is empty.
 */
final class StackWalk {

  /** Operands at one place. */
  private static final int DEEPEST = 65_535;

  private final Code code;
  private final boolean[] starts;
  private final int longest;
  private final Map<Integer, List<BasicValue>> stacks = new HashMap<>();
  private final Map<Integer, Integer> ends = new HashMap<>();
  private final Deque<Integer> open = new ArrayDeque<>();
  private final Frame<BasicValue> frame;
  private final Interpreter interpreter;

  /**
   * Walks.
   *
   * @param longest bytes of a run without a start
   */
  StackWalk(Code code, Variables variables, int longest, Effort effort) {
    this.code = code;
    this.longest = longest;
    this.starts = starts(code);
    this.frame = new Frame<>(DEEPEST + 1, DEEPEST);
    this.interpreter = new Interpreter(variables);
    reach(0, List.of());
    while (!open.isEmpty()) {
      int start = open.remove();
      try {
        walk(start);
      } catch (AnalyzerException e) {
        throw new TooHardException("it has an instruction that is not known");
      }
      effort.spend(ends.getOrDefault(start, 0) - start);
    }
  }

  private static boolean[] starts(Code code) {
    boolean[] starts = new boolean[code.size() + 1];
    for (int i = 0; i < code.size(); i++) {
      for (LabelNode label : Code.targets(code.at(i))) {
        starts[code.position(label)] = true;
      }
      starts[i + 1] |= Code.endsBlock(code.at(i));
    }
    starts[0] = true;
    return starts;
  }

  /** By the first instruction of each block that can be reached: the one behind its last. */
  Map<Integer, Integer> blocks() {
    return ends;
  }

  /** What is on the stack at the first instruction of a block, as in a stack map. */
  List<Object> stack(int start) {
    return stacks.getOrDefault(start, List.of()).stream().map(StackWalk::verified).toList();
  }

  private void reach(int start, List<BasicValue> stack) {
    if (start >= code.size()) {
      throw new TooHardException("it runs over its end");
    }
    if (stacks.putIfAbsent(start, stack) == null) {
      open.add(start);
    }
  }

  private void walk(int start) throws AnalyzerException {
    frame.clearStack();
    stacks.getOrDefault(start, List.of()).forEach(frame::push);
    int first = start;
    int bytes = 0;
    for (int i = start; ; i++) {
      boolean cut = bytes > longest && frame.getStackSize() == 0;
      if (i > start && (cut || starts[i])) {
        ends.put(first, i);
        if (starts[i]) {
          reach(i, stack());
          return;
        }
        stacks.put(i, List.of());
        first = i;
        bytes = 0;
      }
      AbstractInsnNode at = code.at(i);
      bytes += CodeSize.of(at);
      frame.execute(at, interpreter);
      for (LabelNode label : Code.targets(at)) {
        reach(code.position(label), stack());
      }
      if (!Code.fallsThrough(at)) {
        ends.put(first, i + 1);
        return;
      }
    }
  }

  private List<BasicValue> stack() {
    List<BasicValue> stack = new ArrayList<>(frame.getStackSize());
    for (int i = 0; i < frame.getStackSize(); i++) {
      stack.add(frame.getStack(i));
    }
    return stack;
  }

  private static Object verified(BasicValue value) {
    Type type = value.getType();
    if (type == null) {
      return Opcodes.TOP;
    }
    if (type.equals(BasicInterpreter.NULL_TYPE)) {
      return Opcodes.NULL;
    }
    Kind kind = Kind.of(type);
    return kind == Kind.REFERENCE ? type.getInternalName() : kind.verified();
  }

  /** Keeps of each value its exact type, and takes what variables hold from who loads it. */
  private static final class Interpreter extends BasicInterpreter {
    private final Variables variables;

    Interpreter(Variables variables) {
      super(Opcodes.ASM9);
      this.variables = variables;
    }

    @Override
    public @Nullable BasicValue newValue(@Nullable Type type) {
      boolean reference = type != null && Kind.of(type) == Kind.REFERENCE;
      return reference ? new BasicValue(type) : super.newValue(type);
    }

    @Override
    public BasicValue copyOperation(AbstractInsnNode at, BasicValue value)
        throws AnalyzerException {
      if (!(at instanceof VarInsnNode access) || Kind.isStore(at.getOpcode())) {
        return value;
      }
      return switch (Kind.of(at.getOpcode())) {
        case INT -> BasicValue.INT_VALUE;
        case LONG -> BasicValue.LONG_VALUE;
        case FLOAT -> BasicValue.FLOAT_VALUE;
        case DOUBLE -> BasicValue.DOUBLE_VALUE;
        case REFERENCE -> new BasicValue(variables.reference(access.var));
      };
    }
  }
}
