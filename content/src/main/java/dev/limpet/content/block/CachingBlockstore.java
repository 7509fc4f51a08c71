package dev.limpet.content.block;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the blocks that are read most in memory, up to a number of bytes. A hit costs neither a
 * read nor a hash: the store below checked the bytes when they entered the process.
 *
 * <p>Only reads fill it: an import does not push out what is hot. A small block is kept when it is
 * read a second time within some thousand reads: of many that are asked for at random, each would
 * stay for a moment, grow old in the heap there, and have it collected as a whole when it leaves.
 * Readers that miss the same block at the same time share one read. A block that the store below
 * has evicted may still be answered from here, which is right: its bytes cannot change.
 */
public final class CachingBlockstore implements Blockstore {
  /** Entry, key and array head: what a cached block costs besides its bytes. */
  private static final int OVERHEAD_BYTES = 200;

  /** Reading and hashing so little again costs less than what a block that nobody wants leaves. */
  static final int MAX_PASSING_BYTES = 16 << 10;

  private final Blockstore below;
  private final Cache<Multihash, byte @Nullable []> cache;
  private final RecentBlocks recent;
  private final long maxBytes;
  private final boolean far;
  private volatile boolean closed;

  /**
   * Puts a cache before a store.
   *
   * @param below the store; closed with this one
   * @param maxBytes how much of the heap may be used, overheads included; at least 0
   */
  public CachingBlockstore(Blockstore below, long maxBytes) {
    this(below, maxBytes, false);
  }

  private CachingBlockstore(Blockstore below, long maxBytes, boolean far) {
    this.below = below;
    this.maxBytes = maxBytes;
    this.far = far;
    this.recent = new RecentBlocks(maxBytes);
    this.cache =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher((Multihash hash, byte[] bytes) -> bytes.length + OVERHEAD_BYTES)
            .executor(Runnable::run)
            .build();
  }

  /**
   * Puts a cache before a store for which it is much work to say whether it has a block: of those
   * that are in memory it is not asked.
   *
   * @param below the store; closed with this one
   * @param maxBytes how much of the heap may be used, overheads included; at least 0
   * @return the store behind the cache
   */
  public static CachingBlockstore beforeFar(Blockstore below, long maxBytes) {
    return new CachingBlockstore(below, maxBytes, true);
  }

  @Override
  public void put(Block block) {
    below.put(block);
  }

  @Override
  public boolean holdsNothing() {
    return below.holdsNothing();
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    if (cid.isIdentity() || closed) {
      return below.get(cid); // which refuses when it is closed
    }
    byte[] kept = cache.getIfPresent(cid.multihash());
    return kept == null ? read(cid) : kept;
  }

  /** Keeps what it reads, but what is small only when it was read a while ago, too. */
  private byte @Nullable [] read(Cid cid) {
    byte[][] passing = new byte[1][];
    byte[] kept =
        cache.get(
            cid.multihash(),
            hash -> {
              byte[] bytes = below.get(cid);
              if (bytes == null || far || bytes.length > MAX_PASSING_BYTES || recent.knew(hash)) {
                return bytes;
              }
              passing[0] = bytes;
              return null;
            });
    return kept == null ? passing[0] : kept;
  }

  /** A read that would push out its own first blocks, or all that is hot, fills nothing. */
  @Override
  public byte @Nullable [] getPassing(Cid cid, PassingBlocks read) {
    if (closed || read.total() <= maxBytes / 2) {
      return get(cid);
    }
    byte[] known = cache.getIfPresent(cid.multihash());
    return known == null ? below.getPassing(cid, read) : known;
  }

  @Override
  public boolean has(Cid cid) {
    return inMemory(cid) != null || below.has(cid);
  }

  @Override
  public long sizeOf(Cid cid) {
    byte[] bytes = inMemory(cid);
    return bytes == null ? below.sizeOf(cid) : bytes.length;
  }

  /** Null also where the store below knows as fast. */
  private byte @Nullable [] inMemory(Cid cid) {
    return far && !closed ? cache.policy().getIfPresentQuietly(cid.multihash()) : null;
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return below.isInMemory(cid) || cache.policy().getIfPresentQuietly(cid.multihash()) != null;
  }

  @Override
  public void delete(Cid cid) {
    // In this order: a read that began before the delete has filled the cache by the time its
    // entry is taken out, because taking out waits for it.
    below.delete(cid);
    cache.invalidate(cid.multihash());
  }

  @Override
  public void sync() {
    below.sync();
  }

  @Override
  public long storedBytes() {
    return below.storedBytes();
  }

  @Override
  public long quotaBytes() {
    return below.quotaBytes();
  }

  @Override
  public void close() {
    closed = true;
    below.close();
    cache.invalidateAll();
  }
}
