package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/** How much of a DAG a node has; what is more comes first. */
public enum Holds {
  /** Every block below the root. */
  COMPLETE("complete"),
  /** The root at least; whether every block below it is there nobody knows. */
  UNKNOWN("unknown"),
  /** The root, and not every block below it. */
  PARTIAL("partial"),
  /** Nothing that it announced. */
  NONE("none");

  private final String text;

  Holds(String text) {
    this.text = text;
  }

  /** As it stands in JSON. */
  @Json.Value
  public String text() {
    return text;
  }
}
