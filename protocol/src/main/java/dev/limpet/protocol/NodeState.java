package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/** What the gateway thinks of a node. */
public enum NodeState {
  /** Joined, and waits for somebody to approve it; gets no calls and no data. */
  PENDING("pending"),
  /** Heard of lately; gets calls. */
  READY("ready"),
  /** Missed a heartbeat; gets calls only when no other node can take them. */
  SUSPECT("suspect"),
  /** Finishes its calls and gets no new ones; still serves data to other nodes. */
  DRAINING("draining"),
  /** Missed three heartbeats; may come back with the same session. */
  AWAY("away"),
  /** Said goodbye; what it held stays known, to name it in errors. */
  GONE("gone"),
  /** Thrown out; its key is refused. */
  REVOKED("revoked");

  private final String text;

  NodeState(String text) {
    this.text = text;
  }

  /** As it stands in JSON. */
  @Json.Value
  public String text() {
    return text;
  }
}
