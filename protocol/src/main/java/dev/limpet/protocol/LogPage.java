package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Logs of a function, newest last: {@code GET /v1/logs}. The first page has the newest.
 *
 * @param items the logs
 * @param next the {@code cursor} of the page with older ones, or null when there are none
 * @param missing nodes that may have more and did not answer
 */
@Json
public record LogPage(List<LogItem> items, @Nullable String next, List<String> missing) {
  /** Logs of one page; each may have text of some kilobytes. */
  public static final int MAX_LOGS = 200;

  /** What a reader takes of one. */
  public static final int MAX_JSON_BYTES = 1 << 20;

  /** Checks the parts. */
  public LogPage {
    items = Wire.list("items", items, MAX_LOGS);
    Wire.optionalText("next", next);
    missing = Wire.list("missing", missing, Why.MAX_CANDIDATES);
  }
}
