package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that were read ahead of a guest, until it takes them. A cache alone does not do: one that
 * is full need not keep what was asked for once, and then the block would be read and hashed again
 * by the guest that it was read for.
 *
 * <p>For one mount of an Execution; those of the others are kept {@link #beside} it, so that inputs
 * which are read in turn do not push out what was read ahead of each other. Safe for the thread of
 * the Execution and those that read ahead of it.
 */
final class AheadBlocks implements BlockSource {
  /**
   * Blocks that wait for the guest in one mount at once, the oldest is let go for another one: what
   * a mount reads ahead is eight of Kubo's old ones, and the nodes above them.
   */
  static final int MAX_AHEAD_BLOCKS = 16;

  /** The same of all mounts; the oldest is let go of the one that has most. */
  static final int MAX_AHEAD_OF_CALL = 64;

  private final BlockSource below;

  /** All mounts of the Execution; whoever touches what one holds has its lock. */
  private final List<AheadBlocks> mounts;

  private final Queue<Held> held = new ArrayDeque<>(MAX_AHEAD_BLOCKS);

  private record Held(Cid cid, byte[] bytes) {}

  /**
   * Nothing is read yet.
   *
   * @param below verified, for several threads
   */
  AheadBlocks(BlockSource below) {
    this(below, new ArrayList<>(1));
  }

  private AheadBlocks(BlockSource below, List<AheadBlocks> mounts) {
    this.below = below;
    this.mounts = mounts;
    synchronized (mounts) {
      mounts.add(this);
    }
  }

  /** Of the same blocks, for another mount of the same Execution. */
  AheadBlocks beside() {
    return new AheadBlocks(below, mounts);
  }

  /** The block, which is not held any longer. */
  @Override
  public byte @Nullable [] get(Cid cid) {
    byte[] bytes = take(cid);
    return bytes == null ? below.get(cid) : bytes;
  }

  private byte @Nullable [] take(Cid cid) {
    synchronized (mounts) {
      for (Iterator<Held> each = held.iterator(); each.hasNext(); ) {
        Held one = each.next();
        if (one.cid().equals(cid)) {
          each.remove();
          return one.bytes();
        }
      }
      return null;
    }
  }

  @Override
  public long sizeOf(Cid cid) {
    return below.sizeOf(cid);
  }

  @Override
  public boolean isInMemory(Cid cid) {
    return holds(cid) || below.isInMemory(cid);
  }

  private boolean holds(Cid cid) {
    synchronized (mounts) {
      return held.stream().anyMatch(one -> one.cid().equals(cid));
    }
  }

  /** The same blocks for who reads ahead: what it gets is held here. */
  BlockSource filling() {
    return new Filling();
  }

  private void hold(Cid cid, byte[] bytes) {
    synchronized (mounts) {
      if (held.size() == MAX_AHEAD_BLOCKS) {
        held.remove();
      } else if (mounts.stream().mapToInt(mount -> mount.held.size()).sum() == MAX_AHEAD_OF_CALL) {
        Collections.max(mounts, Comparator.comparingInt(mount -> mount.held.size())).held.remove();
      }
      held.add(new Held(cid, bytes));
    }
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
