package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * Some of the log of one Execution, as a node gives it to who comes again for more.
 *
 * @param item the Execution; its text is this part of the log
 * @param next how many bytes of the log come before what follows: {@code from} of the next request
 * @param more whether more can be had at once
 */
@Json
public record LogPart(LogItem item, long next, boolean more) {
  /** What a reader takes of one: six bytes for each character, and the rest. */
  public static final int MAX_JSON_BYTES = 256 << 10;

  /** Checks the parts. */
  public LogPart {
    Wire.present("item", item);
    Wire.atLeast("next", next, 0);
  }
}
