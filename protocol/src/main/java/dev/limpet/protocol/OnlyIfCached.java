package dev.limpet.protocol;

import java.util.List;
import java.util.Map;

/** The wish to get only what is there already, fetched from nowhere (RFC 9111, section 5.2.1.7). */
public final class OnlyIfCached {
  private static final String DIRECTIVE = "only-if-cached";

  /** The line of a request that has it. */
  public static final Map.Entry<String, String> LINE = Map.entry("Cache-Control", DIRECTIVE);

  private OnlyIfCached() {}

  /** Whether the lines of {@code Cache-Control} of a request say it, among whatever else. */
  public static boolean isIn(List<String> cacheControl) {
    return CacheControl.has(cacheControl, DIRECTIVE);
  }
}
