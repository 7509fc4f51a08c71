package dev.limpet.wasmhost.compiler;

import java.time.Duration;

/**
 * What a process that compiles may take, and how long it is kept.
 *
 * @param heapBytes of its JVM; a module needs some thirty times its size
 * @param cpu for one module
 * @param wall for one module, should it stand still
 * @param outputBytes of the code of one module
 * @param idle without work it is ended after so long
 * @param modules after so many it is replaced
 */
public record CompilerBounds(
    long heapBytes, Duration cpu, Duration wall, int outputBytes, Duration idle, int modules) {

  /** Code of one module: an admitted one makes a fifth of that, and this process holds it twice. */
  static final int MAX_OUTPUT_BYTES = 64 << 20;

  /** What one module left behind in the engine does not live on for long. */
  static final int MAX_MODULES_PER_PROCESS = 64;

  /**
   * Starting a JVM takes a tenth of a second: who deploys a second function still finds it warm.
   */
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** On a machine that has other things to do. */
  private static final int WALL_PER_CPU = 4;

  /** Checks that there is some of everything. */
  public CompilerBounds {
    boolean some = heapBytes > 0 && outputBytes > 0 && modules > 0;
    if (!some || !cpu.isPositive() || !wall.isPositive() || idle.isNegative()) {
      throw new IllegalArgumentException("a compiler that may take nothing");
    }
  }

  /** The usual ones. */
  public static CompilerBounds of(long heapBytes, Duration cpu) {
    return new CompilerBounds(
        heapBytes,
        cpu,
        Duration.ofNanos(Math.multiplyExact(cpu.toNanos(), WALL_PER_CPU)),
        MAX_OUTPUT_BYTES,
        IDLE,
        MAX_MODULES_PER_PROCESS);
  }
}
