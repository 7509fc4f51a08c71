package dev.limpet.wasmhost;

/**
 * What one Execution may use. The limits are part of the profile, or of the manifest, and so of the
 * Task: equal Tasks meet equal limits.
 *
 * @param memoryBytes linear memory; {@code memory.grow} beyond it answers -1
 * @param fuel ticks: one per loop back edge and per call, plus what memory growth and host calls
 *     charge
 * @param outputBytes bytes on standard output
 * @param logBytes bytes of standard error that are kept: the first 15/16 and the last 1/16
 * @param openFiles descriptors open at once, the standard streams and the mounts not counted
 * @param scratchBytes what {@code /tmp} holds, names and bookkeeping included
 * @param callDepth wasm calls inside each other
 */
public record SandboxLimits(
    long memoryBytes,
    long fuel,
    long outputBytes,
    int logBytes,
    int openFiles,
    long scratchBytes,
    int callDepth) {

  /** One Java array must hold it, and half as much again while it grows. */
  public static final long MAX_MEMORY_BYTES = 1L << 30;

  /** More than any machine counts; it keeps sums below 2^63. */
  public static final long MAX_FUEL = Long.MAX_VALUE / 4;

  /** Deeper needs a bigger stack than the guests' threads have, see {@code Fuel}. */
  public static final int MAX_CALL_DEPTH = 10_000;

  private static final long MIB = 1L << 20;

  private static final SandboxLimits PURE_0 =
      new SandboxLimits(64 * MIB, 10_000_000_000L, 64 * MIB, 64 << 10, 64, 16 * MIB, 10_000);

  /** Checks every limit. */
  public SandboxLimits {
    range("memoryBytes", memoryBytes, 0, MAX_MEMORY_BYTES);
    range("fuel", fuel, 1, MAX_FUEL);
    range("outputBytes", outputBytes, 0, Long.MAX_VALUE / 2);
    range("logBytes", logBytes, 1024, 64 << 20);
    range("openFiles", openFiles, 1, 4096);
    range("scratchBytes", scratchBytes, 0, MAX_MEMORY_BYTES);
    range("callDepth", callDepth, 1, MAX_CALL_DEPTH);
  }

  private static void range(String name, long value, long from, long to) {
    if (value < from || value > to) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be from " + from + " to " + to);
    }
  }

  /** The limits of the profile {@code pure-0}, which {@code pure-1} has too. */
  public static SandboxLimits pure0() {
    return PURE_0;
  }
}
