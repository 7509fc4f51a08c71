package dev.limpet.node.invoke;

import java.time.Duration;

/**
 * How long answers wait.
 *
 * @param hold how long what the guest wrote is held back while it may still fail
 * @param maxStall how long an answer that streams may stand still
 */
public record AnswerTimes(Duration hold, Duration maxStall) {
  /** Those of each node. */
  public static final AnswerTimes STANDARD =
      new AnswerTimes(HeldAnswer.HOLD_TIME, StallWatch.MAX_STALL);
}
