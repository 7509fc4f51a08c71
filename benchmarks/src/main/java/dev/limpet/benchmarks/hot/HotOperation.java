package dev.limpet.benchmarks.hot;

/**
 * One operation of the hot path, ready to run any number of times.
 *
 * @param name lower-case words joined by hyphens
 * @param yardstick what its CPU time is divided by
 * @param runs how many make a slice, some milliseconds; fixed, because what the JVM compiles, and
 *     how, goes by how often something has run
 * @param body does it once and returns what it made, so that nothing of it can be left out
 */
public record HotOperation(String name, Yardstick yardstick, int runs, Body body) {

  /** The work. */
  @FunctionalInterface
  public interface Body {
    /** Does it once. */
    Object run();
  }
}
