package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;

/** A node without data. */
final class NothingStored implements LocalData {
  @Override
  public BlockSource blocks() {
    return _ -> null;
  }

  @Override
  public boolean holds(Cid cid) {
    return false;
  }

  @Override
  public long directoryBytes(Cid directory) {
    return -1;
  }

  @Override
  public BlockSink fetched() {
    return _ -> {
      throw new IllegalStateException("nothing is fetched here");
    };
  }

  @Override
  public boolean keepFetched(Cid cid) {
    return false;
  }

  @Override
  public void requireCopyRoom(long bytes) {}

  @Override
  public boolean keepCopy(Cid cid) {
    return false;
  }

  @Override
  public boolean dropCopy(Cid cid) {
    return false;
  }
}
