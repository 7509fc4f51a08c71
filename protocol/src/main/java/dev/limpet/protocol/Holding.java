package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;

/**
 * A DAG that a node has, as it announces it.
 *
 * @param cid the root of the DAG
 * @param size bytes of the files in it, or -1 when unknown
 * @param dagSize bytes of its blocks, or -1 when unknown
 * @param complete whether every block below the root is there
 * @param kind why the node has it
 */
@Json
public record Holding(Cid cid, long size, long dagSize, boolean complete, HoldingKind kind) {
  /** Checks that all is there. */
  public Holding {
    Wire.present("cid", cid);
    Wire.atLeast("size", size, -1);
    Wire.atLeast("dagSize", dagSize, -1);
    Wire.present("kind", kind);
  }
}
