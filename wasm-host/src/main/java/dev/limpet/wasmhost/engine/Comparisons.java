package dev.limpet.wasmhost.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import run.endive.runtime.OpcodeImpl;

/**
 * Makes of the engine's calls that compare integers the comparisons themselves.
 *
 * <p>One that a branch follows becomes that branch. One whose result is a number gets it without a
 * branch: a program that counts with {@code n += a == b} avoids a branch that no processor
 * foresees, and the JIT would leave it there when one way is taken seldom. Besides, the JIT inlines
 * calls only until a function has grown large.
 */
final class Comparisons {

  private static final String ENGINE = Type.getInternalName(OpcodeImpl.class);
  private static final String OURS = Type.getInternalName(Compared.class);
  private static final String NEGATION = "I32_EQZ";
  private static final long UNSIGNED = 0xffff_ffffL;

  /** What is needed of the stack besides what the engine's call had on it. */
  private static final int MORE_STACK = 4;

  /** By the middle of the name: the branch that is taken when a comparison with zero holds. */
  private static final Map<String, Integer> BRANCHES =
      Map.of(
          "EQZ", Opcodes.IFEQ,
          "EQ", Opcodes.IFEQ,
          "NE", Opcodes.IFNE,
          "LT", Opcodes.IFLT,
          "GT", Opcodes.IFGT,
          "LE", Opcodes.IFLE,
          "GE", Opcodes.IFGE);

  private final MethodNode function;
  private final Set<AbstractInsnNode> gone = new HashSet<>();

  /** Negations after which no branch was found: a chain of them is looked through once. */
  private final Set<AbstractInsnNode> numbers = new HashSet<>();

  /** A comparison of the engine: {@code I32_LT_U} and the like. */
  private record Operator(boolean isLong, String relation, boolean unsigned) {

    static @Nullable Operator of(@Nullable AbstractInsnNode at) {
      if (!(at instanceof MethodInsnNode call) || !call.owner.equals(ENGINE)) {
        return null;
      }
      boolean isLong = call.name.startsWith("I64_");
      if (!isLong && !call.name.startsWith("I32_")) {
        return null;
      }
      String rest = call.name.substring(4);
      int end = rest.indexOf('_');
      String relation = end < 0 ? rest : rest.substring(0, end);
      return BRANCHES.containsKey(relation)
          ? new Operator(isLong, relation, rest.endsWith("_U"))
          : null;
    }

    int branch() {
      return BRANCHES.getOrDefault(relation, Opcodes.NOP);
    }

    boolean is(String... relations) {
      return Set.of(relations).contains(relation);
    }
  }

  private Comparisons(MethodNode function) {
    this.function = function;
  }

  /** Rewrites a function, without frames that change. */
  static void rewrite(MethodNode function) {
    Comparisons comparisons = new Comparisons(function);
    for (AbstractInsnNode at : function.instructions.toArray()) {
      Operator operator = Operator.of(at);
      if (operator != null && !comparisons.gone.contains(at)) {
        comparisons.replace((MethodInsnNode) at, operator);
      }
    }
    function.maxStack += MORE_STACK;
  }

  private void replace(MethodInsnNode call, Operator operator) {
    if (numbers.contains(call)) {
      number(call, operator);
      return;
    }
    List<AbstractInsnNode> negations = new ArrayList<>();
    AbstractInsnNode next = call.getNext();
    while (next instanceof MethodInsnNode it && it.owner.equals(ENGINE) && isNegation(it)) {
      negations.add(next);
      next = next.getNext();
    }
    int opcode = next == null ? Opcodes.NOP : next.getOpcode();
    if (opcode == Opcodes.IFEQ || opcode == Opcodes.IFNE) {
      boolean holds = negations.size() % 2 == 0;
      gone.addAll(negations);
      negations.forEach(function.instructions::remove);
      branch(call, operator, holds == (opcode == Opcodes.IFNE));
    } else {
      numbers.addAll(negations);
      number(call, operator);
    }
  }

  private static boolean isNegation(MethodInsnNode call) {
    return call.name.equals(NEGATION);
  }

  private void branch(MethodInsnNode call, Operator operator, boolean jumps) {
    JumpInsnNode jump = (JumpInsnNode) call.getNext();
    // Branches come in pairs: an odd opcode and the next one are opposites.
    int branch = jumps ? operator.branch() : (operator.branch() - 1 ^ 1) + 1;
    InsnList code = new InsnList();
    if (operator.unsigned()) {
      String owner = operator.isLong() ? "java/lang/Long" : "java/lang/Integer";
      code.add(
          new MethodInsnNode(Opcodes.INVOKESTATIC, owner, "compareUnsigned", call.desc, false));
    } else if (operator.isLong()) {
      if (operator.is("EQZ")) {
        code.add(new InsnNode(Opcodes.LCONST_0));
      }
      code.add(new InsnNode(Opcodes.LCMP));
    } else if (!operator.is("EQZ")) {
      branch += Opcodes.IF_ICMPEQ - Opcodes.IFEQ;
    }
    jump.setOpcode(branch);
    function.instructions.insertBefore(call, code);
    function.instructions.remove(call);
  }

  private void number(MethodInsnNode call, Operator operator) {
    InsnList code = new InsnList();
    if (operator.is("EQZ", "EQ", "NE")) {
      equality(code, operator);
    } else if (operator.isLong()) {
      call.owner = OURS;
      return;
    } else {
      order(code, operator);
    }
    if (operator.is("NE", "LE", "GE")) {
      code.add(new InsnNode(Opcodes.ICONST_1));
      code.add(new InsnNode(Opcodes.IXOR));
    }
    function.instructions.insertBefore(call, code);
    function.instructions.remove(call);
  }

  /** Only zero has as many leading zeros as it has bits. */
  private static void equality(InsnList code, Operator operator) {
    boolean isLong = operator.isLong();
    if (!operator.is("EQZ")) {
      code.add(new InsnNode(isLong ? Opcodes.LXOR : Opcodes.IXOR));
    }
    code.add(
        new MethodInsnNode(
            Opcodes.INVOKESTATIC,
            isLong ? "java/lang/Long" : "java/lang/Integer",
            "numberOfLeadingZeros",
            isLong ? "(J)I" : "(I)I",
            false));
    code.add(new IntInsnNode(Opcodes.BIPUSH, isLong ? 6 : 5));
    code.add(new InsnNode(Opcodes.IUSHR));
  }

  /** The sign of the difference of the first and the second, or the other way round. */
  private static void order(InsnList code, Operator operator) {
    if (operator.is("LT", "GE")) {
      code.add(new InsnNode(Opcodes.SWAP));
    }
    widen(code, operator);
    code.add(new InsnNode(Opcodes.DUP2_X1));
    code.add(new InsnNode(Opcodes.POP2));
    widen(code, operator);
    code.add(new InsnNode(Opcodes.LSUB));
    code.add(new IntInsnNode(Opcodes.BIPUSH, 63));
    code.add(new InsnNode(Opcodes.LUSHR));
    code.add(new InsnNode(Opcodes.L2I));
  }

  private static void widen(InsnList code, Operator operator) {
    code.add(new InsnNode(Opcodes.I2L));
    if (operator.unsigned()) {
      code.add(new LdcInsnNode(UNSIGNED));
      code.add(new InsnNode(Opcodes.LAND));
    }
  }
}
