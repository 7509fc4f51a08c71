package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;

/** A node that keeps blocks in memory, for DAGs of one block. */
final class StoredInMemory implements LocalData {
  private final InMemoryBlockstore store = new InMemoryBlockstore();

  @Override
  public BlockSource blocks() {
    return store;
  }

  @Override
  public boolean holds(Cid cid) {
    return store.has(cid);
  }

  @Override
  public long directoryBytes(Cid directory) {
    return -1;
  }

  @Override
  public BlockSink fetched() {
    return store;
  }

  @Override
  public boolean keepFetched(Cid cid) {
    return store.has(cid);
  }

  @Override
  public void requireCopyRoom(long bytes) {}

  @Override
  public boolean keepCopy(Cid cid) {
    return store.has(cid);
  }

  @Override
  public boolean dropCopy(Cid cid) {
    return false;
  }
}
