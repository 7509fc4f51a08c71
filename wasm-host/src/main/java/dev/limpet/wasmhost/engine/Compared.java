package dev.limpet.wasmhost.engine;

/**
 * What compiled guest code calls to compare two long integers for a result that is a number: 1 or 0
 * without a branch. Names and parameters are those of the engine. See {@link Comparisons}.
 */
public final class Compared {

  private Compared() {}

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
