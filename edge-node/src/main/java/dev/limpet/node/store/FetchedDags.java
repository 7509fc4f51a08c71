package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Data that was fetched from peers for calls. It has a quota of its own, and the oldest goes when
 * room is needed; each time that happens the account of what is whole is made anew.
 */
public final class FetchedDags {
  private final Blockstore fetched;
  private final LocalBlocks data;
  private final ContentPaths paths;
  private final Holdings holdings;
  private final Collector collector;
  private final AtomicBoolean checking = new AtomicBoolean();

  FetchedDags(
      PackBlockstore pack,
      Blockstore fetched,
      LocalBlocks data,
      Holdings holdings,
      Collector collector) {
    this.fetched = fetched;
    this.data = data;
    this.paths = new ContentPaths(data);
    this.holdings = holdings;
    this.collector = collector;
    pack.onEvict(this::evicted);
  }

  /**
   * Takes what a peer answered for {@code wanted}: the blocks on the path and the DAG below it,
   * each checked as it comes. What is whole in the end is announced as {@link HoldingKind#CACHED}.
   *
   * @param car the body of the answer
   * @param maxBytes of the body, at least 1
   * @return the CID at the end of the path
   * @throws LimpetException {@code data-unavailable} when blocks are missing, {@code
   *     quota-exceeded} when it does not fit the space for fetched data
   * @throws ContentException when the CAR does not parse or hash, is longer, or has no such path
   * @throws IOException when the stream fails
   */
  public Cid take(InputStream car, DataRef wanted, long maxBytes) throws IOException {
    CarReader reader = new CarReader(car, new CarLimits(maxBytes, DagLimits.MAX_WALK_BLOCKS));
    for (Block block = reader.next(); block != null; block = reader.next()) {
      if (data.sizeOf(block.cid()) < 0) {
        fetched.put(block);
      }
    }
    Cid cid = paths.resolve(wanted);
    if (!isComplete(cid)) {
      throw reader.offset() > fetched.quotaBytes() / 2
          ? new LimpetException(
              ErrorCode.QUOTA_EXCEEDED,
              "the data for this call does not fit the space for fetched data of this node; raise"
                  + " fetched-quota")
          : new LimpetException(
              ErrorCode.DATA_UNAVAILABLE, "the peer's answer lacks blocks of " + wanted);
    }
    return cid;
  }

  /** Whether every block below a CID is here; what turns out to be so is announced. */
  public boolean isComplete(Cid cid) {
    if (holdings.isComplete(cid)) {
      return true;
    }
    if (!DagCheck.isComplete(data, cid)) {
      return false;
    }
    Holding holding = Survey.of(data, cid, HoldingKind.CACHED).root();
    holdings.put(holding);
    return true;
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
