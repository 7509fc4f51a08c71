package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;

/**
 * A DAG that a node has fetched ahead of calls.
 *
 * @param root its root
 * @param bytesFetched what travelled for it; 0 when it was there already
 */
@Json
public record CopiedDag(Cid root, long bytesFetched) {
  /** Largest document that a gateway reads. */
  public static final int MAX_JSON_BYTES = 4096;

  /** Checks the parts. */
  public CopiedDag {
    Wire.present("root", root);
    Wire.atLeast("bytesFetched", bytesFetched, 0);
  }
}
