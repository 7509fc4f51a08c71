package dev.limpet.node.receipt;

import dev.limpet.protocol.GapItem;
import dev.limpet.protocol.ReceiptItem;
import dev.limpet.protocol.ReceiptPage;
import dev.limpet.protocol.receipt.LogEntry;
import dev.limpet.protocol.receipt.LogGap;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptQuery;
import dev.limpet.protocol.tlog.Tile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a part of the log and picks out what is asked for. */
final class ReceiptListing {
  /** Bundles of 256 entries that are read for one page. */
  static final int MAX_READ_BUNDLES = 16;

  /** Bundles that are too old, or removed, and are passed over for one page. */
  static final int MAX_PASSED_BUNDLES = 4096;

  private static final System.Logger LOG = System.getLogger(ReceiptListing.class.getName());

  private final EntryFiles entries;
  private final ReceiptQuery wanted;
  private final int limit;
  private final List<ReceiptItem> items = new ArrayList<>();
  private final List<GapItem> gaps = new ArrayList<>();

  ReceiptListing(EntryFiles entries, ReceiptQuery wanted, int limit) {
    this.entries = entries;
    this.wanted = wanted;
    this.limit = limit;
  }

  /**
   * Reads from a place on, at most to the end of the log.
   *
   * @param size entries of the log
   */
  ReceiptPage from(long place, long size) throws IOException {
    long at = place;
    int read = 0;
    int passed = 0;
    while (at < size) {
      if (isFull() || read == MAX_READ_BUNDLES || passed == MAX_PASSED_BUNDLES) {
        return page(at);
      }
      long bundle = at / Tile.WIDTH;
      List<byte[]> there = entries.since(bundle, wanted.since());
      if (there == null) {
        passed++;
        at = (bundle + 1) * Tile.WIDTH;
      } else {
        read++;
        at = take(there, at, Math.min(size, (bundle + 1) * Tile.WIDTH));
      }
    }
    return page(null);
  }

  /** Takes entries of a bundle, and says where to go on. */
  private long take(List<byte[]> bundle, long from, long end) {
    long at = from;
    while (at < end && !isFull()) {
      int place = (int) (at % Tile.WIDTH);
      if (place < bundle.size()) {
        take(bundle.get(place), at);
      }
      at++;
    }
    return at;
  }

  private void take(byte[] entry, long at) {
    if (entry.length <= ReceiptFile.NONCE_BYTES) {
      return;
    }
    byte[] said = Arrays.copyOfRange(entry, ReceiptFile.NONCE_BYTES, entry.length);
    try {
      switch (LogEntry.decode(said)) {
        case LogGap gap -> take(gap, at);
        case Receipt receipt -> take(receipt, said, at);
      }
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, "entry {0} of the log of receipts cannot be read: {1}", at, e);
    }
  }

  private void take(Receipt receipt, byte[] said, long at) {
    if (wanted.wants(receipt)) {
      items.add(
          new ReceiptItem(
              Receipt.cidOf(said),
              null,
              receipt.ran().execution(),
              receipt.work().function(),
              receipt.work().inputs(),
              receipt.ending().outcome().text(),
              receipt.ran().started(),
              at));
    }
  }

  /** A gap is of no function: it concerns all who ask about its time. */
  private void take(LogGap gap, long at) {
    boolean before = wanted.since() != null && gap.until().isBefore(wanted.since());
    boolean after = wanted.until() != null && !gap.since().isBefore(wanted.until());
    if (!before && !after) {
      gaps.add(new GapItem(null, gap.since(), gap.until(), gap.lost(), at));
    }
  }

  private boolean isFull() {
    return items.size() >= limit || gaps.size() >= limit;
  }

  private ReceiptPage page(@Nullable Long next) {
    return new ReceiptPage(items, gaps, next == null ? null : next.toString(), List.of());
  }
}
