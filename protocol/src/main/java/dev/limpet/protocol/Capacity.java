package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * What a node can take at most.
 *
 * @param memoryBytes guest memory of all guests together
 * @param slots guests that run at the same time, at least 1
 * @param maxModuleMemoryBytes the largest memory limit of a function that it accepts
 */
@Json
public record Capacity(long memoryBytes, int slots, long maxModuleMemoryBytes) {
  /** Checks the ranges. */
  public Capacity {
    Wire.atLeast("memoryBytes", memoryBytes, 0);
    Wire.atLeast("slots", slots, 1);
    Wire.atLeast("maxModuleMemoryBytes", maxModuleMemoryBytes, 0);
  }
}
