package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.unixfs.UnixFsEntry;
import org.jspecify.annotations.Nullable;

/**
 * Counts the distinct blocks that one Execution touches. It keeps 64 bits of each digest in an open
 * hash table, so that a guest which streams through a large file costs 16 bytes a block.
 *
 * <p>Used by one guest at a time.
 */
final class BlockCounter implements BlockSource {
  /** A TiB in blocks of 1 MiB; what is touched beyond is counted each time. */
  static final int MAX_DISTINCT_BLOCKS = 1 << 20;

  private static final int FIRST_CAPACITY = 16;

  private final BlockSource source;
  private @Nullable AheadBlocks ahead;
  private long[] table = new long[0];
  private int distinct;
  private long more;
  private long bytes;

  BlockCounter(BlockSource source) {
    this.source = source;
  }

  /** A file or directory as the guest reads it: ahead of it, and counted when it takes a block. */
  UnixFsMount mount(UnixFsEntry root) {
    AheadBlocks first = ahead;
    AheadBlocks own = first == null ? new AheadBlocks(source) : first.beside();
    ahead = own;
    return UnixFsMount.of(new Counted(own), own, root);
  }

  @Override
  public byte @Nullable [] get(Cid cid) {
    return count(cid, source.get(cid));
  }

  private byte @Nullable [] count(Cid cid, byte @Nullable [] block) {
    if (block != null && !cid.isIdentity() && touch(cid)) {
      bytes += block.length;
    }
    return block;
  }

  /** A size is no touch: it comes from the store's index. */
  @Override
  public long sizeOf(Cid cid) {
    return source.sizeOf(cid);
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return source.isInMemory(cid);
  }

  /** Distinct blocks touched; identity CIDs are not blocks. */
  long blocks() {
    return distinct + more;
  }

  /** Bytes of these blocks. */
  long bytes() {
    return bytes;
  }

  private boolean touch(Cid cid) {
    if (distinct == MAX_DISTINCT_BLOCKS) {
      more++;
      return true;
    }
    if (2 * (distinct + 1) > table.length) {
      grow();
    }
    return insert(key(cid));
  }

  private static long key(Cid cid) {
    Multihash hash = cid.multihash();
    long key = hash.digestLength() >= Long.BYTES ? hash.first64() : hash.hashCode();
    return key == 0 ? 1 : key;
  }

  private boolean insert(long key) {
    int mask = table.length - 1;
    int at = (int) (key ^ (key >>> 32)) & mask;
    while (table[at] != 0) {
      if (table[at] == key) {
        return false;
      }
      at = (at + 1) & mask;
    }
    table[at] = key;
    distinct++;
    return true;
  }

  /** What a mount reads. */
  private final class Counted implements BlockSource {
    private final AheadBlocks own;

    Counted(AheadBlocks own) {
      this.own = own;
    }

    @Override
    public byte @Nullable [] get(Cid cid) {
      return count(cid, own.get(cid));
    }

    @Override
    public long sizeOf(Cid cid) {
      return own.sizeOf(cid);
    }

    @Override
    public boolean isInMemory(Cid cid) {
      return own.isInMemory(cid);
    }
  }

  private void grow() {
    long[] old = table;
    table = new long[Math.max(FIRST_CAPACITY, old.length * 2)];
    distinct = 0;
    for (long key : old) {
      if (key != 0) {
        insert(key);
      }
    }
  }
}
