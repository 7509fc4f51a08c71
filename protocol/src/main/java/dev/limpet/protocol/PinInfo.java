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
 */
@Json
public record PinInfo(Cid cid, String name, Instant since) {
  /** Checks the parts. */
  public PinInfo {
    Wire.present("cid", cid);
    Wire.text("name", name);
    Wire.present("since", since);
  }
}
