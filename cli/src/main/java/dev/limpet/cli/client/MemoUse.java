package dev.limpet.cli.client;

import dev.limpet.cli.terminal.Amounts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the memo of a gateway or a node has given and keeps.
 *
 * @param hits calls since its start that it answered
 * @param misses calls since its start that looked there in vain
 * @param entries answers that are kept
 * @param bytes of these
 */
public record MemoUse(long hits, long misses, long entries, long bytes) {
  private static final Pattern LINE =
      Pattern.compile(
          "(?m)^limpet_(?:gateway|node)_memo_(hits_total|misses_total|entries|bytes)"
              + " ([0-9]+(?:\\.[0-9]+)?(?:E[0-9]+)?)$");

  /** The one of whom a page of metrics is; nothing of one that says nothing about it. */
  public static MemoUse parse(String metrics) {
    Map<String, Long> values = new LinkedHashMap<>();
    Matcher line = LINE.matcher(metrics);
    while (line.find()) {
      values.put(line.group(1), (long) Double.parseDouble(line.group(2)));
    }
    return new MemoUse(
        values.getOrDefault("hits_total", 0L),
        values.getOrDefault("misses_total", 0L),
        values.getOrDefault("entries", 0L),
        values.getOrDefault("bytes", 0L));
  }

  /** In words: {@code 12 hits, 3 misses, keeps 5 answers in 7.1 KiB}. */
  public String text() {
    return hits
        + (hits == 1 ? " hit, " : " hits, ")
        + misses
        + (misses == 1 ? " miss" : " misses")
        + ", keeps "
        + Amounts.count(entries, "answer")
        + " in "
        + Amounts.bytes(bytes);
  }

  /** As it stands in JSON. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("hits", hits);
    json.put("misses", misses);
    json.put("entries", entries);
    json.put("bytes", bytes);
    return json;
  }
}
