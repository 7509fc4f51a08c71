package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/** What an announcement says. */
public enum AnnouncementKind {
  /** Everything that the node holds, in one or more pages; replaces what was known. */
  SNAPSHOT("snapshot"),
  /** What came and went since the last announcement. */
  DELTA("delta"),
  /** Nothing new but the load. */
  HEARTBEAT("heartbeat"),
  /** The node stops now. */
  GOODBYE("goodbye");

  private final String text;

  AnnouncementKind(String text) {
    this.text = text;
  }

  /** As it stands in JSON. */
  @Json.Value
  public String text() {
    return text;
  }
}
