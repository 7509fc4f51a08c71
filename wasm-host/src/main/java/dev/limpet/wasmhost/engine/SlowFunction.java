package dev.limpet.wasmhost.engine;

import dev.limpet.wasmgate.Refusal;

/**
 * A function that the JVM may never compile, and in which a guest may stay for long: its method is
 * too large, holds a loop, and could not be split.
 *
 * @param function its number in the module
 * @param bytes of its method
 */
record SlowFunction(int function, int bytes) {

  /** What speaks against it. */
  Refusal refusal() {
    return new Refusal(
        "slow-function",
        "Function "
            + function
            + " has a loop in "
            + bytes
            + " bytes of Java code that could not be divided, and might run a hundred times slower"
            + " than others.",
        "Give it one result at most and fewer values that live across its loop, or say"
            + " \"allow-slow\": true in the manifest.");
  }
}
