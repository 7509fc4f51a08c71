package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.util.List;

/** What a caller wants of the memo, by its {@code Cache-Control} (RFC 9111, section 5.2.1). */
public enum MemoWish {
  /** A kept answer is welcome. */
  USE("use"),
  /** The function is to run; its answer may be kept. */
  NO_CACHE("no-cache"),
  /** The function is to run, and its answer is kept nowhere. */
  NO_STORE("no-store");

  private final String text;

  MemoWish(String text) {
    this.text = text;
  }

  /** As it stands in JSON. */
  @Json.Value
  public String text() {
    return text;
  }

  /** What the lines of {@code Cache-Control} of a request say; directives of others are passed. */
  public static MemoWish of(List<String> cacheControl) {
    if (CacheControl.has(cacheControl, NO_STORE.text)) {
      return NO_STORE;
    }
    return CacheControl.has(cacheControl, NO_CACHE.text) ? NO_CACHE : USE;
  }
}
