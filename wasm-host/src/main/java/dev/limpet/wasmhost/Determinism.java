package dev.limpet.wasmhost;

import java.util.Arrays;

/** Where a guest's clock starts and what its random bytes derive from; both come from the Task. */
public final class Determinism {

  /** Length of the seed. */
  public static final int SEED_BYTES = 32;

  private final long clockBaseNanos;
  private final byte[] seed;

  /**
   * Copies the seed.
   *
   * @param clockBaseNanos the guest's real-time clock at its start, nanoseconds since 1970 UTC, not
   *     negative
   * @param seed 32 bytes
   */
  public Determinism(long clockBaseNanos, byte[] seed) {
    if (clockBaseNanos < 0) {
      throw new IllegalArgumentException("the clock base is negative: " + clockBaseNanos);
    }
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException("the seed has " + seed.length + " bytes, must be 32");
    }
    this.clockBaseNanos = clockBaseNanos;
    this.seed = seed.clone();
  }

  /** Nanoseconds since 1970 UTC. */
  public long clockBaseNanos() {
    return clockBaseNanos;
  }

  /** A copy of the 32 bytes. */
  public byte[] seed() {
    return seed.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Determinism that
        && clockBaseNanos == that.clockBaseNanos
        && Arrays.equals(seed, that.seed);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(clockBaseNanos) + Arrays.hashCode(seed);
  }
}
