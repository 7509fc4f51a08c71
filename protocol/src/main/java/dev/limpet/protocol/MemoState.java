package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/** Whether an answer came from the memo. */
public enum MemoState {
  /** Answered without a run. */
  HIT("hit"),
  /** Ran, and may be kept. */
  MISS("miss"),
  /** Ran; the memo was not asked. */
  BYPASS("bypass");

  private final String text;

  MemoState(String text) {
    this.text = text;
  }

  /** As it stands in JSON. */
  @Json.Value
  public String text() {
    return text;
  }
}
