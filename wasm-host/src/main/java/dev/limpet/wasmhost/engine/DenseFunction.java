package dev.limpet.wasmhost.engine;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.CodeSizeEvaluator;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;

/**
 * A function of a module that reads and writes memory at so many places that the JIT would inline
 * only some of them: it stops when a method has grown to some number of nodes, and each place takes
 * a hundred. What is left are calls, in the middle of the hottest loops. Or one that calls nothing
 * and has a loop: around that is often another, in which the slow half of the meter is called, and
 * after that the JIT would find array and length anew at each turn.
 *
 * <p>So the function gets the array and the length of its memory in variables of its own, takes
 * them anew after whatever may let memory grow, and has the code for each cell in itself, see
 * {@link CellCode}.
 */
final class DenseFunction {

  /** From so many reads and writes on a function is dense: fewer are always inlined. */
  private static final int DENSE = 32;

  /** A method has at most 65535 bytes: a function that might come near stays as it is. */
  static final int ROOM = 60_000;

  private static final int BYTES_PER_CALL = 20;
  private static final int BYTES_PER_CELL = 44;
  private static final int MORE_STACK = 4;

  private static final String MEMORY = Type.getDescriptor(Memory.class);
  private static final String INSTANCE = Type.getDescriptor(Instance.class);
  private static final String CELLS = Type.getInternalName(Cells.class);

  /** Of the engine, names that no function of a module has. */
  private static final Set<String> MOVES_BYTES = Set.of("memoryFill", "memoryCopy");

  /** Variables of ours: array, limit, and three of {@link CellCode}. */
  private static final List<Object> TYPES =
      List.of("[B", Opcodes.INTEGER, Opcodes.TOP, Opcodes.TOP, Opcodes.TOP);

  private final MethodNode function;
  private final int memory;
  private final Set<MethodInsnNode> cells = new LinkedHashSet<>();
  private final Set<MethodInsnNode> calls = new LinkedHashSet<>();

  private DenseFunction(MethodNode function, int memory) {
    this.function = function;
    this.memory = memory;
    for (AbstractInsnNode at : function.instructions) {
      if (at instanceof MethodInsnNode call) {
        if (CellCode.isCell(call)) {
          cells.add(call);
        } else if (mayGrow(call)) {
          calls.add(call);
        }
      }
    }
  }

  /**
   * Rewrites a function, unless it is sparse, or too large already.
   *
   * @param function static, with expanded frames
   * @param memory the parameter that is the memory
   * @param room bytes that it may have afterwards
   * @param whole whether it is no part of a larger one
   */
  static void rewrite(MethodNode function, int memory, int room, boolean whole) {
    DenseFunction dense = new DenseFunction(function, memory);
    boolean loops = whole && dense.calls.isEmpty() && LoopFuel.hasLoopWithoutCalls(function);
    int enough = loops ? 1 : DENSE;
    if (dense.cells.size() >= enough && dense.size() < room) {
      dense.rewrite();
    }
  }

  /** Whatever gets the memory or the instance may, but for what only moves globals or bytes. */
  private static boolean mayGrow(MethodInsnNode call) {
    return !PlainGlobals.isGlobal(call)
        && !MOVES_BYTES.contains(call.name)
        && (call.desc.contains(MEMORY) || call.desc.contains(INSTANCE));
  }

  private int size() {
    CodeSizeEvaluator now = new CodeSizeEvaluator(null);
    function.accept(now);
    return now.getMaxSize() + BYTES_PER_CALL * (calls.size() + 1) + BYTES_PER_CELL * cells.size();
  }

  private void rewrite() {
    int array = OwnVariables.insert(function, TYPES);
    int limit = array + 1;
    CellCode code = new CellCode(array, limit, limit + 1);
    Set<MethodInsnNode> checked = CheckedCells.in(function);
    cells.forEach(cell -> code.replace(function.instructions, cell, checked.contains(cell)));
    calls.forEach(call -> function.instructions.insert(call, load(array, limit)));
    function.instructions.insert(load(array, limit));
    function.maxStack += MORE_STACK;
  }

  private InsnList load(int array, int limit) {
    InsnList code = new InsnList();
    code.add(new VarInsnNode(Opcodes.ALOAD, memory));
    code.add(call("array", "(" + MEMORY + ")[B"));
    code.add(new VarInsnNode(Opcodes.ASTORE, array));
    code.add(new VarInsnNode(Opcodes.ALOAD, memory));
    code.add(call("limit", "(" + MEMORY + ")I"));
    code.add(new VarInsnNode(Opcodes.ISTORE, limit));
    return code;
  }

  private static MethodInsnNode call(String name, String descriptor) {
    return new MethodInsnNode(Opcodes.INVOKESTATIC, CELLS, name, descriptor, false);
  }
}
