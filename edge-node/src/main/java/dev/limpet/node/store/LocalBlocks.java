package dev.limpet.node.store;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.PassingBlocks;
import dev.limpet.content.cid.Cid;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads from several stores as if they were one: what is kept first, then what was fetched. */
public final class LocalBlocks implements BlockSource {
  private final List<Blockstore> stores;
  private final LongAdder reads = new LongAdder();

  LocalBlocks(List<Blockstore> stores) {
    this.stores = List.copyOf(stores);
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    return first(store -> store.get(cid));
  }

  @Override
  public byte @Nullable [] getPassing(Cid cid, PassingBlocks read) {
    return first(store -> store.getPassing(cid, read));
  }

  private byte @Nullable [] first(Function<Blockstore, byte @Nullable []> ask) {
    reads.increment();
    for (Blockstore store : stores) {
      byte[] bytes = ask.apply(store);
      if (bytes != null) {
        return bytes;
      }
    }
    return null;
  }

  /** How many blocks were asked for since the start. */
  public long reads() {
    return reads.sum();
  }

  /** Bytes of a block, or -1 when it is not here; reads nothing. */
  @Override
  public long sizeOf(Cid cid) {
    for (Blockstore store : stores) {
      long size = store.sizeOf(cid);
      if (size >= 0) {
        return size;
      }
    }
    return -1;
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return stores.stream().anyMatch(store -> store.isInMemory(cid));
  }
}
