package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * A DAG that a node keeps.
 *
 * @param cid its root
 * @param name what its owner called it; may be empty
 * @param since when it was pinned
 * @param kind {@code recursive}, or {@code direct} for the block alone
 * @param size bytes of its files, or -1 when unknown
 * @param dagSize bytes of its blocks, or -1 when unknown
 * @param complete whether all that is kept is there
 */
@Json
public record PinInfo(
    Cid cid, String name, Instant since, String kind, long size, long dagSize, boolean complete) {
  /** Checks the parts. */
  public PinInfo {
    Wire.present("cid", cid);
    Wire.text("name", name);
    Wire.present("since", since);
    kind = kind == null ? "recursive" : kind; // older nodes do not say
    Wire.text("kind", kind);
    Wire.atLeast("size", size, -1);
    Wire.atLeast("dagSize", dagSize, -1);
  }
}
