package dev.limpet.gateway.placement;

import dev.limpet.protocol.Candidate;
import org.jspecify.annotations.Nullable;

/**
 * The terms of the {@link CostModel} for one node and one call, and what they were made of, as they
 * were when it was decided.
 *
 * @param moveMicros for bytes that the node lacks
 * @param queueMicros until a slot is free
 * @param coldMicros for a function that the node has not run lately
 * @param calls calls that the node had
 * @param slots guests that it runs at once; 0 when the node never joined this process
 * @param runMicros how long calls took there of late
 * @param bytesPerSecond how fast it fetched of late
 * @param home how much the node is the home of the call
 */
public record Cost(
    long moveMicros,
    long queueMicros,
    long coldMicros,
    int calls,
    int slots,
    long runMicros,
    long bytesPerSecond,
    long home) {
  private static final double MILLI = 1000;

  /** Of a node that never joined this process. */
  static final Cost UNKNOWN = new Cost(0, 0, 0, 0, 0, 0, 0, 0);

  /** As answers show it; null when there are no numbers. */
  Candidate.@Nullable Cost toCandidate() {
    if (slots == 0) {
      return null;
    }
    return new Candidate.Cost(
        moveMicros == CostModel.UNKNOWN_MICROS ? -1 : moveMicros / MILLI,
        queueMicros / MILLI,
        coldMicros / MILLI,
        calls,
        slots,
        runMicros / MILLI,
        bytesPerSecond);
  }
}
