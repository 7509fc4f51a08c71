package dev.limpet.wasmhost.engine;

/** The address of a memory access, as wasm defines it. */
public final class Address {

  private Address() {}

  /**
   * The sum of two unsigned 32 bit numbers, or -1 when it is beyond what any memory has: -1 fails
   * every bounds check.
   */
  public static int of(int base, int offset) {
    int sum = base + offset;
    // Both below 2^31: the sum is right, or negative. Otherwise the true sum is 2^31 or more.
    return (base | offset) < 0 ? -1 : sum;
  }
}
