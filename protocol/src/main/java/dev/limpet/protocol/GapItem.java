package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A gap in a list of receipts: some were promised in that time, and are lost.
 *
 * @param node the node's name; null when the node itself says it
 * @param since when its log was last whole
 * @param until when the gap was found out
 * @param lost how many are lost, or null when nobody could count
 * @param entry its place in the log of the node, from 0
 */
@Json
public record GapItem(
    @Nullable String node, Instant since, Instant until, @Nullable Long lost, long entry) {
  /** Checks the parts. */
  public GapItem {
    Wire.optionalText("node", node);
    Wire.present("since", since);
    Wire.present("until", until);
    Wire.atLeast("entry", entry, 0);
  }

  /** The same from a node of that name. */
  public GapItem at(String name) {
    return new GapItem(name, since, until, lost, entry);
  }
}
