package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A DAG that is kept, with all that is below its root.
 *
 * @param root the root
 * @param name what people call it, at most {@value #MAX_NAME_BYTES} bytes of UTF-8; may be empty
 * @param since when it was pinned first, in whole milliseconds
 */
public record Pin(Cid root, String name, Instant since) {
  /** Long enough for a path. */
  public static final int MAX_NAME_BYTES = 1024;

  /**
   * Checks the name and cuts the time to milliseconds.
   *
   * @throws ContentLimitException when the name is too long
   */
  public Pin {
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new ContentLimitException(
          "the name of a pin has at most " + MAX_NAME_BYTES + " bytes; this one is longer");
    }
    since = since.truncatedTo(ChronoUnit.MILLIS);
  }
}
