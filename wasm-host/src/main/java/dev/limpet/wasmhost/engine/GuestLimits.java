package dev.limpet.wasmhost.engine;

/**
 * What the engine itself holds a guest to.
 *
 * @param memoryBytes the most linear memory
 * @param fuel ticks
 * @param callDepth calls inside each other
 */
public record GuestLimits(long memoryBytes, long fuel, int callDepth) {

  /** Of a guest that does not run. */
  static final GuestLimits NOTHING = new GuestLimits(0, 0, 0);
}
