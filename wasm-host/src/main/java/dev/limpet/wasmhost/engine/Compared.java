package dev.limpet.wasmhost.engine;

import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import run.endive.runtime.OpcodeImpl;

/**
 * Comparisons of integers whose result is used as a number, not to choose a way: 1 or 0 without a
 * branch. A compiler that counts with {@code n += a == b} avoids a branch that no processor
 * foresees; the engine's own have one, and the JIT leaves it there when one way is taken seldom.
 * Names and parameters are those of the engine.
 */
public final class Compared {

  private static final Set<String> NAMES =
      Set.of(
          "I32_EQZ",
          "I32_EQ",
          "I32_NE",
          "I32_LT_S",
          "I32_LT_U",
          "I32_GT_S",
          "I32_GT_U",
          "I32_LE_S",
          "I32_LE_U",
          "I32_GE_S",
          "I32_GE_U",
          "I64_EQZ",
          "I64_EQ",
          "I64_NE",
          "I64_LT_S",
          "I64_LT_U",
          "I64_GT_S",
          "I64_GT_U",
          "I64_LE_S",
          "I64_LE_U",
          "I64_GE_S",
          "I64_GE_U");

  private static final String ENGINE = Type.getInternalName(OpcodeImpl.class);
  private static final String OURS = Type.getInternalName(Compared.class);

  private Compared() {}

  /** Replaces the engine's comparisons by these, but those that a branch follows. */
  static void rewrite(MethodNode function) {
    for (AbstractInsnNode at : function.instructions) {
      if (isComparison(at) && !chooses(at.getNext())) {
        ((MethodInsnNode) at).owner = OURS;
      }
    }
  }

  private static boolean isComparison(AbstractInsnNode at) {
    return at instanceof MethodInsnNode call
        && call.owner.equals(ENGINE)
        && NAMES.contains(call.name);
  }

  /** Whether it is a branch, at the latest when it is negated. */
  private static boolean chooses(AbstractInsnNode next) {
    boolean negated = next instanceof MethodInsnNode call && call.name.equals("I32_EQZ");
    return negated
        ? chooses(next.getNext())
        : next != null && (next.getOpcode() == Opcodes.IFEQ || next.getOpcode() == Opcodes.IFNE);
  }

  /** {@code i32.eqz}. */
  public static int I32_EQZ(int a) {
    return Integer.numberOfLeadingZeros(a) >>> 5;
  }

  /** {@code i32.eq}. */
  public static int I32_EQ(int a, int b) {
    return I32_EQZ(a ^ b);
  }

  /** {@code i32.ne}. */
  public static int I32_NE(int a, int b) {
    return I32_EQ(a, b) ^ 1;
  }

  /** {@code i32.lt_s}. */
  public static int I32_LT_S(int a, int b) {
    return (int) (((long) a - b) >>> 63);
  }

  /** {@code i32.lt_u}. */
  public static int I32_LT_U(int a, int b) {
    return (int) ((Integer.toUnsignedLong(a) - Integer.toUnsignedLong(b)) >>> 63);
  }

  /** {@code i32.gt_s}. */
  public static int I32_GT_S(int a, int b) {
    return I32_LT_S(b, a);
  }

  /** {@code i32.gt_u}. */
  public static int I32_GT_U(int a, int b) {
    return I32_LT_U(b, a);
  }

  /** {@code i32.le_s}. */
  public static int I32_LE_S(int a, int b) {
    return I32_LT_S(b, a) ^ 1;
  }

  /** {@code i32.le_u}. */
  public static int I32_LE_U(int a, int b) {
    return I32_LT_U(b, a) ^ 1;
  }

  /** {@code i32.ge_s}. */
  public static int I32_GE_S(int a, int b) {
    return I32_LT_S(a, b) ^ 1;
  }

  /** {@code i32.ge_u}. */
  public static int I32_GE_U(int a, int b) {
    return I32_LT_U(a, b) ^ 1;
  }

  /** {@code i64.eqz}. */
  public static int I64_EQZ(long a) {
    return Long.numberOfLeadingZeros(a) >>> 6;
  }

  /** {@code i64.eq}. */
  public static int I64_EQ(long a, long b) {
    return I64_EQZ(a ^ b);
  }

  /** {@code i64.ne}. */
  public static int I64_NE(long a, long b) {
    return I64_EQ(a, b) ^ 1;
  }

  /** {@code i64.lt_s}: the sign of the difference, or of {@code a} where that overflows. */
  public static int I64_LT_S(long a, long b) {
    return (int) (((a & ~b) | (~(a ^ b) & (a - b))) >>> 63);
  }

  /** {@code i64.lt_u}. */
  public static int I64_LT_U(long a, long b) {
    return (int) (((~a & b) | (~(a ^ b) & (a - b))) >>> 63);
  }

  /** {@code i64.gt_s}. */
  public static int I64_GT_S(long a, long b) {
    return I64_LT_S(b, a);
  }

  /** {@code i64.gt_u}. */
  public static int I64_GT_U(long a, long b) {
    return I64_LT_U(b, a);
  }

  /** {@code i64.le_s}. */
  public static int I64_LE_S(long a, long b) {
    return I64_LT_S(b, a) ^ 1;
  }

  /** {@code i64.le_u}. */
  public static int I64_LE_U(long a, long b) {
    return I64_LT_U(b, a) ^ 1;
  }

  /** {@code i64.ge_s}. */
  public static int I64_GE_S(long a, long b) {
    return I64_LT_S(a, b) ^ 1;
  }

  /** {@code i64.ge_u}. */
  public static int I64_GE_U(long a, long b) {
    return I64_LT_U(a, b) ^ 1;
  }
}
