package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * A node that was considered for a call, and why it got it or not.
 *
 * @param node its name
 * @param holds how much of the data it has
 * @param bytesToMove how much would have to travel to it; -1 when unknown
 * @param reason one sentence for people
 * @param state what the gateway thinks of it
 * @param cost what it was weighed with; null for a node that could not be asked
 */
@Json
public record Candidate(
    String node,
    Holds holds,
    long bytesToMove,
    String reason,
    NodeState state,
    @Nullable Cost cost) {
  /**
   * The numbers of a decision: the time until the call could begin there, in its parts, and what
   * they were made of.
   *
   * @param moveMs for the bytes that the node lacks; -1 when nobody knows how many
   * @param queueMs until one of its slots is free
   * @param coldMs for a function that it has not run lately
   * @param calls calls that it had
   * @param slots calls that it runs at once
   * @param runMs how long calls took there of late
   * @param bytesPerSecond how fast it fetched of late
   */
  @Json
  public record Cost(
      double moveMs,
      double queueMs,
      double coldMs,
      int calls,
      int slots,
      double runMs,
      long bytesPerSecond) {}

  /** Checks that all is there. */
  public Candidate {
    Wire.text("node", node);
    Wire.present("holds", holds);
    Wire.atLeast("bytesToMove", bytesToMove, -1);
    Wire.text("reason", reason);
    Wire.present("state", state);
  }
}
