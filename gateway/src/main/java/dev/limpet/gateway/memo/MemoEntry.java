package dev.limpet.gateway.memo;

import dev.limpet.protocol.PeerId;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An answer as it is given again.
 *
 * @param status of HTTP
 * @param lines its header lines, but for those that depend on who asks
 * @param body all of it; not to be changed
 * @param etag its tag with the quotes
 * @param node that made it
 */
public record MemoEntry(int status, List<Line> lines, Buffer body, String etag, PeerId node) {
  /** Keeps a copy. */
  public MemoEntry {
    lines = List.copyOf(lines);
  }

  /**
   * A header line.
   *
   * @param name as the server takes it without looking at it again
   * @param value of it
   */
  public record Line(CharSequence name, String value) {}

  /** All of these, in their order. */
  public static List<Line> lines(MultiMap all) {
    List<Line> lines = new ArrayList<>(all.size());
    for (Map.Entry<String, String> line : all) {
      lines.add(new Line(HttpHeaders.createOptimized(line.getKey()), line.getValue()));
    }
    return lines;
  }
}
