package dev.limpet.node.store;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.config.FreeDisk;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Data that was fetched from elsewhere for calls. It has a quota of its own, and the oldest goes
 * when room is needed; each time that happens the account of what is whole is made anew.
 */
public final class FetchedDags {
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
    return block -> {
      if (data.sizeOf(block.cid()) < 0) {
        disk.require(block.bytes().length);
        fetched.put(block);
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

  /** Bytes of all files below a directory, or -1 when that is not known. */
  public long directoryBytes(Cid directory) {
    Holding known = holdings.get(directory);
    return known == null || known.size() < 0 ? Survey.size(data, directory) : known.size();
  }

  private void evicted(Cid cid) {
    holdings.remove(cid, HoldingKind.CACHED);
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
    for (Holding holding : holdings.ofKind(HoldingKind.CACHED)) {
      if (!isHere(holding.cid())) {
        holdings.remove(holding.cid(), HoldingKind.CACHED);
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
