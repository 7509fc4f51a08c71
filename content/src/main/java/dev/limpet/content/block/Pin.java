package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A root that is kept, alone or with all that is below it.
 *
 * @param root the root
 * @param name what people call it, at most {@value #MAX_NAME_BYTES} bytes of UTF-8; may be empty
 * @param since when it was pinned first, in whole milliseconds
 * @param kind how much is kept
 * @param size bytes of the files in it when it was pinned, or -1 when that is not known
 * @param dagSize bytes of its blocks when it was pinned, or -1 when that is not known
 */
public record Pin(Cid root, String name, Instant since, PinKind kind, long size, long dagSize) {
  /** Long enough for a path. */
  public static final int MAX_NAME_BYTES = 1024;

  private static final long UNKNOWN = -1;

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
    size = Math.max(UNKNOWN, size);
    dagSize = Math.max(UNKNOWN, dagSize);
  }

  /** A recursive pin of unknown size. */
  public Pin(Cid root, String name, Instant since) {
    this(root, name, since, PinKind.RECURSIVE, UNKNOWN, UNKNOWN);
  }
}
