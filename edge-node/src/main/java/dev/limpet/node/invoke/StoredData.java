package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.store.NodeStore;

/**
 * The embedded store as the data of invocations.
 *
 * @param store open as long as this is used
 */
public record StoredData(NodeStore store) implements LocalData {
  @Override
  public BlockSource blocks() {
    return store.data();
  }

  @Override
  public boolean holds(Cid cid) {
    return store.fetched().holds(cid);
  }

  @Override
  public long directoryBytes(Cid directory) {
    return store.fetched().directoryBytes(directory);
  }

  @Override
  public BlockSink fetched() {
    return store.fetched().sink();
  }

  @Override
  public boolean keepFetched(Cid cid) {
    return store.fetched().holds(cid);
  }

  @Override
  public void requireCopyRoom(long bytes) {
    store.fetched().requireCopyRoom(bytes);
  }

  @Override
  public boolean keepCopy(Cid cid) {
    return store.fetched().keepCopy(cid);
  }

  @Override
  public boolean dropCopy(Cid cid) {
    return store.fetched().dropCopy(cid);
  }
}
