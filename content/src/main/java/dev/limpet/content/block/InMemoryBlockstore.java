package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A block store on the heap, for small things and tests; nothing survives the process. */
public final class InMemoryBlockstore implements Blockstore {
  private final Map<Multihash, byte[]> blocks = new ConcurrentHashMap<>();
  private final AtomicLong stored = new AtomicLong();
  private final long quotaBytes;
  private volatile boolean closed;

  /** A store without a quota. */
  public InMemoryBlockstore() {
    this(Long.MAX_VALUE);
  }

  /**
   * A store with a quota.
   *
   * @param quotaBytes how many bytes of blocks may be stored
   */
  public InMemoryBlockstore(long quotaBytes) {
    this.quotaBytes = quotaBytes;
  }

  @Override
  public void put(Block block) {
    requireOpen();
    Multihash key = block.cid().multihash();
    if (!key.isIdentity()) {
      blocks.computeIfAbsent(key, _ -> charged(block.bytes()));
    }
  }

  private byte[] charged(byte[] bytes) {
    stored.updateAndGet(
        before -> {
          if (bytes.length > quotaBytes - before) {
            throw new QuotaExceededException(quotaBytes);
          }
          return before + bytes.length;
        });
    return bytes;
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    requireOpen();
    return cid.isIdentity() ? cid.multihash().digest() : blocks.get(cid.multihash());
  }

  @Override
  public boolean has(Cid cid) {
    return sizeOf(cid) >= 0;
  }

  @Override
  public long sizeOf(Cid cid) {
    requireOpen();
    if (cid.isIdentity()) {
      return cid.multihash().digestLength();
    }
    byte[] bytes = blocks.get(cid.multihash());
    return bytes == null ? -1 : bytes.length;
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return cid.isIdentity() || blocks.containsKey(cid.multihash());
  }

  @Override
  public void delete(Cid cid) {
    requireOpen();
    byte[] removed = blocks.remove(cid.multihash());
    if (removed != null) {
      stored.addAndGet(-removed.length);
    }
  }

  @Override
  public void sync() {
    requireOpen();
  }

  @Override
  public long storedBytes() {
    return stored.get();
  }

  @Override
  public long quotaBytes() {
    return quotaBytes;
  }

  @Override
  public void close() {
    closed = true;
    blocks.clear();
  }

  private void requireOpen() {
    if (closed) {
      throw new StoreFailedException("the block store is closed");
    }
  }
}
