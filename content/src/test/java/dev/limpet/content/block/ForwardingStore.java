package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import org.jspecify.annotations.Nullable;

/** Passes everything on; tests override what they want to see or break. */
public class ForwardingStore implements Blockstore {
  private final Blockstore target;

  /**
   * Stands before a store.
   *
   * @param target the store
   */
  public ForwardingStore(Blockstore target) {
    this.target = target;
  }

  @Override
  public void put(Block block) {
    target.put(block);
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    return target.get(cid);
  }

  @Override
  public boolean has(Cid cid) {
    return target.has(cid);
  }

  @Override
  public long sizeOf(Cid cid) {
    return target.sizeOf(cid);
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return target.isInMemory(cid);
  }

  @Override
  public void delete(Cid cid) {
    target.delete(cid);
  }

  @Override
  public void sync() {
    target.sync();
  }

  @Override
  public long storedBytes() {
    return target.storedBytes();
  }

  @Override
  public long quotaBytes() {
    return target.quotaBytes();
  }

  @Override
  public void close() {
    target.close();
  }
}
