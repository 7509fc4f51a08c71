package dev.limpet.gateway.log;

import dev.limpet.protocol.LogCursor;
import dev.limpet.protocol.LogItem;
import dev.limpet.protocol.LogPage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * One list out of those of several nodes.
 *
 * <p>A node whose page is full may have more between its oldest item and those of others. What is
 * older than the oldest item of any full page is therefore left for the next page.
 */
final class LogMerge {
  private LogMerge() {}

  /**
   * The newest items of all pages, newest last.
   *
   * @param pages by the name of their node
   * @param missing nodes that did not answer
   */
  static LogPage merge(Map<String, LogPage> pages, int limit, List<String> missing) {
    List<LogItem> all = new ArrayList<>();
    LogCursor complete = null;
    for (Map.Entry<String, LogPage> page : pages.entrySet()) {
      List<LogItem> items = page.getValue().items();
      items.forEach(item -> all.add(item.at(page.getKey())));
      if (page.getValue().next() != null && !items.isEmpty()) {
        LogCursor oldest = items.getFirst().cursor();
        complete = complete == null || oldest.compareTo(complete) > 0 ? oldest : complete;
      }
    }
    all.sort(Comparator.comparing(LogItem::cursor));
    LogCursor from = complete;
    int known =
        (int) all.stream().filter(i -> from == null || i.cursor().compareTo(from) >= 0).count();
    int shown = Math.min(known, limit);
    List<LogItem> newest = all.subList(all.size() - shown, all.size());
    boolean more = complete != null || shown < all.size();
    String next = more && !newest.isEmpty() ? newest.getFirst().cursor().toString() : null;
    return new LogPage(newest, next, missing);
  }
}
