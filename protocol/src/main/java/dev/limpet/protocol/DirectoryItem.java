package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;

/**
 * One entry of a directory in {@code GET /ipfs/…/} as JSON.
 *
 * @param name its name
 * @param cid its CID
 * @param dagSize bytes of its blocks as the directory states it; -1 when it does not
 */
@Json
public record DirectoryItem(String name, Cid cid, long dagSize) {
  /** Checks the parts. */
  public DirectoryItem {
    Wire.text("name", name);
    Wire.present("cid", cid);
    Wire.atLeast("dagSize", dagSize, -1);
  }
}
