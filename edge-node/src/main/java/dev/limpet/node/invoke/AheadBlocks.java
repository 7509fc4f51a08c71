package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that were read ahead of a guest, until it takes them. A cache alone does not do: one that
 * is full need not keep what was asked for once, and then the block would be read and hashed again
 * by the guest that it was read for.
 *
 * <p>For one Execution; safe for its thread and those that read ahead of it.
 */
final class AheadBlocks implements BlockSource {
  /**
   * Blocks that wait for the guest at once, the oldest is let go for another one: what one mount
   * reads ahead is eight of Kubo's old ones, and the nodes above them.
   */
  static final int MAX_AHEAD_BLOCKS = 16;

  private final BlockSource below;
  private final Queue<Held> held = new ArrayDeque<>(MAX_AHEAD_BLOCKS);

  private record Held(Cid cid, byte[] bytes) {}

  /**
   * Nothing is read yet.
   *
   * @param below verified, for several threads
   */
  AheadBlocks(BlockSource below) {
    this.below = below;
  }

  /** The block, which is not held any longer. */
  @Override
  public byte @Nullable [] get(Cid cid) {
    byte[] bytes = take(cid);
    return bytes == null ? below.get(cid) : bytes;
  }

  private synchronized byte @Nullable [] take(Cid cid) {
    for (Iterator<Held> each = held.iterator(); each.hasNext(); ) {
      Held one = each.next();
      if (one.cid().equals(cid)) {
        each.remove();
        return one.bytes();
      }
    }
    return null;
  }

  @Override
  public long sizeOf(Cid cid) {
    return below.sizeOf(cid);
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return holds(cid) || below.isInMemory(cid);
  }

  private synchronized boolean holds(Cid cid) {
    return held.stream().anyMatch(one -> one.cid().equals(cid));
  }

  /** The same blocks for who reads ahead: what it gets is held here. */
  BlockSource filling() {
    return new Filling();
  }

  private synchronized void hold(Cid cid, byte[] bytes) {
    if (held.size() == MAX_AHEAD_BLOCKS) {
      held.remove();
    }
    held.add(new Held(cid, bytes));
  }

  private final class Filling implements BlockSource {
    @Override
    public byte @Nullable [] get(Cid cid) {
      byte[] bytes = below.get(cid);
      if (bytes != null && !cid.isIdentity()) {
        hold(cid, bytes);
      }
      return bytes;
    }

    @Override
    public long sizeOf(Cid cid) {
      return below.sizeOf(cid);
    }

    @Override
    public boolean isInMemory(Cid cid) {
      return AheadBlocks.this.isInMemory(cid);
    }
  }
}
