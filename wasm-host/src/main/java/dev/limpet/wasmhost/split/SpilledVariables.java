package dev.limpet.wasmhost.split;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Keeps most variables of a method in an array of its own, where a compiler has put whole
 * structures into them: parts would do nothing but move them. What the method does moves to another
 * one, which gets the array as its last parameter.
 */
final class SpilledVariables {

  /** Variables that stay such: those that most instructions use. */
  private static final int KEPT = 60;

  private static final Type ARRAY = Type.getType(long[].class);
  private static final String CELLS = Type.getInternalName(SpillCells.class);

  private final MethodNode method;
  private final InsnList instructions;
  private final int maxLocals;
  private final int maxStack;
  private final Variables variables;
  private final Map<Integer, Integer> cells;
  private final int array;

  /** Of one method, as it is now: it may be written before it turns out that this is needed. */
  SpilledVariables(MethodNode method, Variables variables) {
    this.method = method;
    this.instructions = method.instructions;
    this.maxLocals = method.maxLocals;
    this.maxStack = method.maxStack;
    this.variables = variables;
    this.cells = chosen(method, variables);
    this.array = Type.getArgumentsAndReturnSizes(method.desc) / 4 - 1;
  }

  /** Whether there are more than parts could move. */
  static boolean help(Variables variables) {
    return variables.count() > SplitLimits.MAX_MOVED;
  }

  private static Map<Integer, Integer> chosen(MethodNode method, Variables variables) {
    int[] uses = new int[variables.count()];
    for (AbstractInsnNode at : method.instructions) {
      int variable = variables.of(at);
      if (variable >= 0) {
        uses[variable]++;
      }
    }
    Map<Integer, Integer> cells = new HashMap<>();
    IntStream.range(variables.parameters().size(), uses.length)
        .boxed()
        .sorted(Comparator.comparingInt(variable -> -uses[variable]))
        .skip(KEPT)
        .sorted()
        .forEach(variable -> cells.put(variable, cells.size()));
    return cells;
  }

  /** What the method does, without stack maps. */
  MethodNode body() {
    Type[] before = Type.getArgumentTypes(method.desc);
    Type[] types = Arrays.copyOf(before, before.length + 1);
    types[before.length] = ARRAY;
    MethodNode body =
        new MethodNode(
            Opcodes.ASM9,
            method.access,
            method.name + Splitter.MARK,
            Type.getMethodDescriptor(Type.getReturnType(method.desc), types),
            null,
            null);
    Code.copy(instructions, (at, labels) -> add(body.instructions, at, labels));
    body.maxLocals = maxLocals + 1;
    body.maxStack = maxStack + 3;
    return body;
  }

  private void add(InsnList out, AbstractInsnNode at, Map<LabelNode, LabelNode> labels) {
    Integer cell = cells.get(variables.of(at));
    if (cell == null) {
      out.add(moved(at.clone(labels)));
    } else if (at instanceof IincInsnNode it) {
      access(out, cell, Kind.INT, "get");
      out.add(new LdcInsnNode(it.incr));
      out.add(new InsnNode(Opcodes.IADD));
      access(out, cell, Kind.INT, "set");
    } else {
      access(out, cell, Kind.of(at.getOpcode()), Kind.isStore(at.getOpcode()) ? "set" : "get");
    }
  }

  /** Behind the new parameter. */
  private AbstractInsnNode moved(AbstractInsnNode at) {
    if (at instanceof VarInsnNode it && it.var >= array) {
      it.var++;
    } else if (at instanceof IincInsnNode it && it.var >= array) {
      it.var++;
    }
    return at;
  }

  private void access(InsnList out, int cell, Kind kind, String way) {
    boolean sets = way.equals("set");
    Type[] place = {ARRAY, Type.INT_TYPE};
    Type[] placed = {kind.type(), ARRAY, Type.INT_TYPE};
    out.add(new VarInsnNode(Opcodes.ALOAD, array));
    out.add(new IntInsnNode(Opcodes.SIPUSH, cell));
    out.add(
        new MethodInsnNode(
            Opcodes.INVOKESTATIC,
            CELLS,
            sets ? "set" : way + kind.type().getDescriptor(),
            Type.getMethodDescriptor(sets ? Type.VOID_TYPE : kind.type(), sets ? placed : place),
            false));
  }

  /** Makes a method call what it did, with an array for what it kept in variables. */
  void wrap(String owner, MethodNode body) {
    Type[] types = Type.getArgumentTypes(method.desc);
    InsnList out = new InsnList();
    int slot = 0;
    for (Type type : types) {
      out.add(new VarInsnNode(type.getOpcode(Opcodes.ILOAD), slot));
      slot += type.getSize();
    }
    out.add(new IntInsnNode(Opcodes.SIPUSH, cells.size()));
    out.add(new IntInsnNode(Opcodes.NEWARRAY, Opcodes.T_LONG));
    out.add(new MethodInsnNode(Opcodes.INVOKESTATIC, owner, body.name, body.desc, false));
    out.add(new InsnNode(Type.getReturnType(method.desc).getOpcode(Opcodes.IRETURN)));
    method.instructions = out;
    method.maxLocals = slot;
    method.maxStack = slot + 2;
    method.localVariables = null;
  }
}
