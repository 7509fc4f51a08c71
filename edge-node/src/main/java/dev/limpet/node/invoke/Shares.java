package dev.limpet.node.invoke;

import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.node.invoke.DataSource.Part;
import dev.limpet.protocol.DataRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Cuts what is to be fetched for several sources: a file into ranges of bytes, a directory into its
 * entries, the largest first, so that none of them is left for the end. What one source gives as
 * well is not cut, and neither is what may travel only if blocks in it are the same: each share
 * would have them again.
 */
final class Shares {
  /** Shares of one fetch; ranges of a very large file become larger. */
  static final int MAX_PARTS = 256;

  /** A range takes longer than asking for it, and is not much to lose. */
  static final long PART_BYTES = 4L << 20;

  /**
   * What entries of a directory have at least, on average: each costs a request, and the blocks
   * that lead to it once more.
   */
  static final long ENTRY_BYTES = 256L << 10;

  /** Entries are on average so many times as large as what leads to them. */
  private static final int LEADS = 8;

  private Shares() {}

  /**
   * What decides whether data is cut.
   *
   * @param lead bytes of the blocks that lead to an entry, which come again with each; about
   * @param left bytes that may travel
   */
  record Bounds(long lead, long left) {}

  /** The shares of what is not here of some data; nothing when it is not cut. */
  static List<Share> of(DataRef ref, DataFetch.Arrival arrival, Bounds bounds) {
    long size = arrival.size();
    return size < 0 ? entries(ref, arrival, bounds) : ranges(ref, arrival, size, bounds.left());
  }

  private static List<Share> ranges(
      DataRef ref, DataFetch.Arrival arrival, long size, long mayTravel) {
    List<Share> shares = new ArrayList<>();
    long first = arrival.missingFrom(0);
    if (size - first <= PART_BYTES || size - first > mayTravel) {
      return shares;
    }
    long least = Math.ceilDiv(size - first, MAX_PARTS);
    long each = Math.ceilDiv(least, PART_BYTES) * PART_BYTES;
    for (long from = first; from < size; ) {
      long to = Math.min(size - from, each - from % each) + from;
      shares.add(new Share(new Part(ref, from, to), arrival, 1));
      from = to;
    }
    return shares;
  }

  private static List<Share> entries(DataRef ref, DataFetch.Arrival arrival, Bounds bounds) {
    List<DirectoryEntry> entries = arrival.entries(MAX_PARTS);
    double total = entries.stream().mapToDouble(DirectoryEntry::tsize).sum();
    double least = Math.max(ENTRY_BYTES, (double) LEADS * bounds.lead());
    if (total <= PART_BYTES
        || total > bounds.left()
        || total < least * entries.size()
        || ref.path().size() == DataRef.MAX_SEGMENTS) {
      return List.of();
    }
    try {
      return entries.stream()
          .sorted(Comparator.comparingLong(DirectoryEntry::tsize).reversed())
          .map(entry -> share(ref, entry, arrival))
          .toList();
    } catch (IllegalArgumentException e) {
      return List.of(); // no path can have one of its names
    }
  }

  private static Share share(DataRef ref, DirectoryEntry entry, DataFetch.Arrival arrival) {
    List<String> path = new ArrayList<>(ref.path());
    path.add(entry.name());
    Part part = new Part(new DataRef(ref.root(), path), 0, DataSource.END);
    return new Share(part, arrival.of(entry), Math.max(1, entry.tsize() / PART_BYTES));
  }
}
