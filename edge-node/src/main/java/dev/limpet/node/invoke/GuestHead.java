package dev.limpet.node.invoke;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a function of the kind {@code http} says of its answer before the body.
 *
 * @param status from 200 to 599
 * @param contentType as it said, or null
 * @param lines header lines that it may set, in their order; names may repeat
 */
record GuestHead(int status, @Nullable String contentType, List<Map.Entry<String, String>> lines) {
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  /** Keeps a copy. */
  GuestHead {
    lines = List.copyOf(lines);
  }

  /** Whether an answer with this status never has a body. */
  boolean isWithoutBody() {
    return status == NO_CONTENT || status == NOT_MODIFIED;
  }

  /** Whether the answer may be kept and given again. */
  boolean isCacheable() {
    return status / 100 == 2
        && lines.stream().noneMatch(line -> line.getKey().equalsIgnoreCase("Set-Cookie"));
  }
}
