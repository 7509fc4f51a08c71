package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import org.jspecify.annotations.Nullable;

/** Blocks of one source, and of another where the first has none. */
record FirstOf(BlockSource first, BlockSource second) implements BlockSource {

  @Override
  public byte @Nullable [] get(Cid cid) {
    byte[] found = first.get(cid);
    return found == null ? second.get(cid) : found;
  }

  @Override
  public long sizeOf(Cid cid) {
    long size = first.sizeOf(cid);
    return size < 0 ? second.sizeOf(cid) : size;
  }
}
