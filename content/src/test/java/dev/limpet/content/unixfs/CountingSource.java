package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import org.jspecify.annotations.Nullable;

/** Counts how often blocks are read; sizes are free, as in a store with an index. */
final class CountingSource implements BlockSource {
  private final BlockSource blocks;
  private int reads;

  CountingSource(BlockSource blocks) {
    this.blocks = blocks;
  }

  int reads() {
    return reads;
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    reads++;
    return blocks.get(cid);
  }

  @Override
  public long sizeOf(Cid cid) {
    return blocks.sizeOf(cid);
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return blocks.isInMemory(cid);
  }
}
