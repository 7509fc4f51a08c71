package dev.limpet.content.ipld;

import dev.limpet.content.cid.Cid;
import org.jspecify.annotations.Nullable;

/**
 * What is there of a DAG.
 *
 * @param blocks different blocks that are there
 * @param bytes of these blocks
 * @param firstMissing a block that is not there, or null when all are
 */
public record DagStat(long blocks, long bytes, @Nullable Cid firstMissing) {
  /** Whether every block is there. */
  public boolean complete() {
    return firstMissing == null;
  }
}
