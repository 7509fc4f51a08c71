package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;

/**
 * The answer to {@code POST /v1/dags}.
 *
 * @param root the root of the CAR
 * @param size bytes of the files
 * @param dagSize bytes of the blocks
 * @param blocks number of blocks
 */
@Json
public record AddedDag(Cid root, long size, long dagSize, long blocks) {
  /** Checks the parts. */
  public AddedDag {
    Wire.present("root", root);
  }
}
