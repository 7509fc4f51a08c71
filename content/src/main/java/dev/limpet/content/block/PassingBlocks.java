package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import org.jspecify.annotations.Nullable;

/**
 * Reads many blocks in turn for one reader who needs each only until the next: raw blocks pass
 * through one array, where a source keeps none of them, and through no cache that all of them would
 * not fit into. <b>The bytes of a block are valid until the next one is asked for.</b> Not for use
 * by several threads.
 */
public final class PassingBlocks implements BlockSource {
  private final BlockSource blocks;
  private final long total;
  private byte[] array = new byte[0];

  /**
   * A read of many blocks.
   *
   * @param blocks where they come from
   * @param total about how many bytes will be read; {@link Long#MAX_VALUE} for any number
   */
  public PassingBlocks(BlockSource blocks, long total) {
    this.blocks = blocks;
    this.total = total;
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    return cid.codec() == Multicodec.RAW ? blocks.getPassing(cid, this) : blocks.get(cid);
  }

  @Override
  public long sizeOf(Cid cid) {
    return blocks.sizeOf(cid);
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return blocks.isInMemory(cid);
  }

  /** About how many bytes will be read. */
  long total() {
    return total;
  }

  /** The array for the next block, with the bytes of the one before when that was as long. */
  byte[] array(int length) {
    if (array.length != length) {
      array = new byte[length];
    }
    return array;
  }
}
