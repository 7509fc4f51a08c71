package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/** Why a node holds a DAG. */
public enum HoldingKind {
  /** Added or pinned by its owner. */
  ROOT("root"),
  /** A file or directory below such a root. */
  ENTRY("entry"),
  /** Fetched for a call; may be dropped at any time. */
  CACHED("cached"),
  /** Fetched because the gateway asked for it ahead of calls; it says when it is not needed. */
  COPIED("copied");

  private final String text;

  HoldingKind(String text) {
    this.text = text;
  }

  /** As it stands in JSON. */
  @Json.Value
  public String text() {
    return text;
  }
}
