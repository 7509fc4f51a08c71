package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;

/**
 * Keeps blocks under their multihash, so that CIDs of version 0 and 1, or with another codec, reach
 * the same bytes.
 *
 * <p>Blocks of identity CIDs are always there and are never stored. All methods may be called from
 * any thread; after {@link #close} they throw {@link StoreFailedException}.
 */
public interface Blockstore extends BlockSink, BlockSource, AutoCloseable {
  /**
   * Whether a block is here.
   *
   * @param cid the block
   * @return true when {@link #get} would find it
   */
  boolean has(Cid cid);

  /**
   * The size of a block.
   *
   * @param cid the block
   * @return bytes, or -1 when it is not here
   */
  @Override
  long sizeOf(Cid cid);

  /**
   * Removes a block; removing one that is not here changes nothing.
   *
   * @param cid the block
   */
  void delete(Cid cid);

  /**
   * Makes every put and delete that returned before this call survive a crash of the machine.
   * Concurrent callers share one flush.
   *
   * @throws StoreFailedException when the flush failed: what was put since the last one may be lost
   */
  void sync();

  /**
   * How much is stored.
   *
   * @return bytes that count against the quota
   */
  long storedBytes();

  /**
   * How much may be stored.
   *
   * @return bytes
   */
  long quotaBytes();

  /** Frees files and memory; what was synced stays. Closing twice changes nothing. */
  @Override
  void close();
}
