package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.DagStat;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.config.FreeDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Data that was fetched from elsewhere for calls. It has a quota of its own, and the oldest goes
 * when room is needed; each time that happens the account of what is whole is made anew.
 */
public final class FetchedDags {
  private static final List<HoldingKind> FETCHED = List.of(HoldingKind.CACHED, HoldingKind.COPIED);

  /** Copies have this part of the room of fetched data. */
  private static final int COPIES_PART = 2;

  private final Blockstore fetched;
  private final LocalBlocks data;
  private final Holdings holdings;
  private final Collector collector;
  private final FreeDisk disk;
  private final AtomicBoolean checking = new AtomicBoolean();

  /**
   * Where they go.
   *
   * @param pack the files
   * @param fetched the same behind a cache
   * @param disk that they are on
   */
  record Room(PackBlockstore pack, Blockstore fetched, FreeDisk disk) {}

  FetchedDags(Room room, LocalBlocks data, Holdings holdings, Collector collector) {
    this.disk = room.disk();
    this.fetched = room.fetched();
    this.data = data;
    this.holdings = holdings;
    this.collector = collector;
    room.pack().onEvict(this::evicted);
    collector.onSwept(this::recheck);
  }

  /** Takes blocks that were checked; they may be forgotten again at any time. */
  public BlockSink sink() {
    return new BlockSink() {
      @Override
      public void put(Block block) {
        if (data.sizeOf(block.cid()) < 0) {
          disk.requireNext(block.bytes().length);
          fetched.put(block);
        }
      }

      @Override
      public boolean holdsNothing() {
        return fetched.holdsNothing();
      }
    };
  }

  /** Makes what was taken before survive a crash of the machine. */
  public void sync() {
    fetched.sync();
  }

  /**
   * Whether every block below a CID is here. It is known for what was announced; else the DAG is
   * walked, and announced as {@link HoldingKind#CACHED} when it turns out to be whole.
   *
   * @throws ContentException when a block does not parse or the DAG is too large
   */
  public boolean holds(Cid cid) {
    if (holdings.isComplete(cid)) {
      return true;
    }
    if (!DagCheck.isComplete(data, cid)) {
      return false;
    }
    holdings.put(Survey.of(data, cid, HoldingKind.CACHED).root());
    return true;
  }

  /**
   * Refuses a copy for which there is no room: all copies together take at most half of what
   * fetched data may take, so that data which calls fetched is not pushed out by them.
   *
   * @throws QuotaExceededException when there is none
   */
  public void requireCopyRoom(long bytes) {
    long quota = fetched.quotaBytes() / COPIES_PART;
    if (bytes > quota - copiedBytes()) {
      throw new QuotaExceededException(quota);
    }
  }

  /** Bytes of the DAGs that were copied for the gateway. */
  public long copiedBytes() {
    return holdings.ofKind(HoldingKind.COPIED).stream()
        .mapToLong(copy -> Math.max(0, copy.dagSize()))
        .sum();
  }

  /**
   * Ends a copy: when every block below the CID is here, it is announced as {@link
   * HoldingKind#COPIED}, unless it is here for a better reason.
   *
   * @return false when a block is missing
   */
  public boolean keepCopy(Cid cid) {
    if (!DagCheck.isComplete(data, cid)) {
      return false;
    }
    holdings.put(Survey.of(data, cid, HoldingKind.COPIED).root());
    return true;
  }

  /**
   * Forgets a copy and deletes its blocks; what is kept has blocks of its own. Other fetched data
   * that shared some is looked at again.
   *
   * @return false when it is no copy, or the owner keeps it now
   */
  public boolean dropCopy(Cid cid) {
    Holding holding = holdings.get(cid);
    if (holding == null || holding.kind() != HoldingKind.COPIED) {
      return false;
    }
    holdings.remove(cid, HoldingKind.COPIED);
    List<Cid> blocks = new ArrayList<>();
    DagStat _ = DagCheck.of(data, cid, blocks::add);
    blocks.forEach(fetched::delete);
    recheck();
    return true;
  }

  /** Bytes of all files below a directory, or -1 when that is not known. */
  public long directoryBytes(Cid directory) {
    Holding known = holdings.get(directory);
    return known == null || known.size() < 0 ? Survey.size(data, directory) : known.size();
  }

  private void evicted(Cid cid) {
    FETCHED.forEach(kind -> holdings.remove(cid, kind));
    recheck();
  }

  /** Looks again at what was whole, soon; blocks have gone. */
  void recheck() {
    if (checking.compareAndSet(false, true)) {
      collector.submit(this::check);
    }
  }

  private void check() {
    checking.set(false);
    for (HoldingKind kind : FETCHED) {
      for (Holding holding : holdings.ofKind(kind)) {
        if (!isHere(holding.cid())) {
          holdings.remove(holding.cid(), kind);
        }
      }
    }
  }

  private boolean isHere(Cid cid) {
    try {
      return DagCheck.isComplete(data, cid);
    } catch (ContentException e) {
      return false;
    }
  }
}
