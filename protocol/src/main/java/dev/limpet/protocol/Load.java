package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * How busy a node is at this moment.
 *
 * @param running guests that run
 * @param queued calls that wait for a place to run
 * @param memoryBytes guest memory in use
 */
@Json
public record Load(int running, int queued, long memoryBytes) {
  /** Checks the ranges. */
  public Load {
    Wire.atLeast("running", running, 0);
    Wire.atLeast("queued", queued, 0);
    Wire.atLeast("memoryBytes", memoryBytes, 0);
  }

  /** A node that does nothing. */
  public static final Load IDLE = new Load(0, 0, 0);
}
