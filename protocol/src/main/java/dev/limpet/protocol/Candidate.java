package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * A node that was considered for a call, and why it got it or not.
 *
 * @param node its name
 * @param holds how much of the data it has
 * @param bytesToMove how much would have to travel to it; -1 when unknown
 * @param reason one sentence for people
 * @param state what the gateway thinks of it
 */
@Json
public record Candidate(
    String node, Holds holds, long bytesToMove, String reason, NodeState state) {
  /** Checks that all is there. */
  public Candidate {
    Wire.text("node", node);
    Wire.present("holds", holds);
    Wire.atLeast("bytesToMove", bytesToMove, -1);
    Wire.text("reason", reason);
    Wire.present("state", state);
  }
}
