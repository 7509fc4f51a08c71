package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/** What the gateway thinks of a node. */
public enum NodeState {
  /** Heard of lately; gets calls. */
  READY("ready"),
  /** Missed three heartbeats; may come back with the same session. */
  AWAY("away"),
  /** Said goodbye; what it held stays known, to name it in errors. */
  GONE("gone");

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
