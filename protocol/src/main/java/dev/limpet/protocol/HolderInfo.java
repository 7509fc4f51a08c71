package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * A node that announced a DAG.
 *
 * @param node its name
 * @param state what the gateway thinks of it
 * @param complete whether it announced that it has every block, and has shown one
 * @param size bytes of the files, or -1
 * @param dagSize bytes of the blocks, or -1
 * @param lastSeen when the node was last heard of
 * @param asked whether it did not announce it and said so when it was asked: it has the block, and
 *     whether it has all below is unknown
 * @param holds how much of it the gateway takes it to have: unknown for what was not shown, for
 *     what was asked for, and for a block that was announced to be read in another way
 * @param copied whether it fetched it for the gateway ahead of calls
 * @param shown whether it gave a random block of it when it was asked to; else it does not count
 */
@Json
public record HolderInfo(
    String node,
    NodeState state,
    boolean complete,
    long size,
    long dagSize,
    Instant lastSeen,
    boolean asked,
    boolean shown,
    Holds holds,
    boolean copied) {
  /** Checks the parts. */
  public HolderInfo {
    Wire.text("node", node);
    Wire.present("state", state);
    Wire.present("holds", holds);
    Wire.present("lastSeen", lastSeen);
  }
}
