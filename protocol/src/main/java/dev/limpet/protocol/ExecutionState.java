package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/** How far an Execution is. */
public enum ExecutionState {
  /** Not ended yet. */
  RUNNING("running"),
  /** The function ended by itself and exited with 0. */
  DONE("done"),
  /** It ended otherwise; the error code says how. */
  FAILED("failed");

  private final String text;

  ExecutionState(String text) {
    this.text = text;
  }

  /** As it stands in JSON. */
  @Json.Value
  public String text() {
    return text;
  }
}
