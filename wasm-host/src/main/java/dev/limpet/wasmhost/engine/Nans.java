package dev.limpet.wasmhost.engine;

/**
 * What compiled guest code calls where the bits of a NaN that it made might be seen: {@link
 * CanonicalNans} puts these calls in. A compare and a jump that is all but never taken.
 */
public final class Nans {

  private Nans() {}

  /** The same number; of any NaN the canonical one, which is positive, quiet and has no payload. */
  public static float canonical(float number) {
    return Float.isNaN(number) ? Float.NaN : number;
  }

  /** As for 32 bits. */
  public static double canonical(double number) {
    return Double.isNaN(number) ? Double.NaN : number;
  }
}
