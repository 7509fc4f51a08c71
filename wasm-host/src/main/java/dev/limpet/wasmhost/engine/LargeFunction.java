package dev.limpet.wasmhost.engine;

import dev.limpet.wasmgate.Refusal;

/**
 * A function whose method the JVM may never compile: it is too large, and could not be split. With
 * a loop a guest may stay in it for long; without one it does no harm.
 *
 * @param function its number in the module
 * @param bytes of its method
 * @param loop whether there is one in it
 */
record LargeFunction(int function, int bytes, boolean loop) {

  /** What speaks against one with a loop. */
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

  /** What there is to know of one without a loop. */
  String hint() {
    return "Function "
        + function
        + " has "
        + bytes
        + " bytes of Java code that could not be divided, and might stay interpreted; it has no"
        + " loop, so it is admitted.";
  }
}
