package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;

/** Port: what invocations need of the node's store. Used by many threads. */
public interface LocalData {
  /** Every block that is here, kept or fetched. */
  BlockSource blocks();

  /**
   * Whether every block below this CID is here. Asked on every call, so it answers from what is
   * known and walks a DAG only when nothing is.
   */
  boolean holds(Cid cid);

  /** Bytes of all files below a directory, or -1 when that is not known. */
  long directoryBytes(Cid directory);

  /** Takes blocks of a fetch, verified; they may be forgotten again at any time. */
  BlockSink fetched();

  /**
   * Ends a fetch: when every block below this CID is here, it is kept as fetched data and
   * announced.
   *
   * @return false when a block is missing
   */
  boolean keepFetched(Cid cid);

  /**
   * Refuses a copy for the gateway for which there is no room.
   *
   * @throws dev.limpet.content.block.QuotaExceededException when there is none
   */
  void requireCopyRoom(long bytes);

  /**
   * Ends a copy for the gateway, as {@link #keepFetched}.
   *
   * @return false when a block is missing
   */
  boolean keepCopy(Cid cid);

  /** Forgets a copy for the gateway; false when it is none. */
  boolean dropCopy(Cid cid);
}
