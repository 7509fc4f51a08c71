package dev.limpet.content.block;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where each block of a {@link PackBlockstore} is. Blocks of the segment that is being written, and
 * of those that have no index file yet, are in memory as a whole ({@link PackIndex}, 50 bytes each,
 * at most {@link PackSegment#MAX_SEGMENT_BLOCKS} in daily life). Of all others the memory has a
 * hint which segment to ask ({@link SealedTable}, eight bytes each), and the rest is in the index
 * files ({@link SortedIndex}).
 *
 * <p>A block that moves, because its segment is sealed or rewritten, is at its new place before it
 * leaves the old one, and {@code moves} counts on in between: who finds nothing and sees that the
 * count has changed looks again, so that no block is missed that is always here.
 *
 * <p>Changes come from one thread at a time (the store's write lock), except that any reader may
 * remove what it found damaged. Reads come from any thread.
 */
final class PackCatalog {
  private final PackIndex recent = new PackIndex();
  private final SealedTable sealed = new SealedTable();
  private final PackSegments segments;
  private final AtomicLong moves = new AtomicLong();
  private final AtomicLong blocks = new AtomicLong();

  PackCatalog(PackSegments segments) {
    this.segments = segments;
  }

  long size() {
    return blocks.get();
  }

  /** What it holds of the heap, in bytes, less a few object heads. */
  long memoryBytes() {
    return recent.memoryBytes() + sealed.memoryBytes();
  }

  /**
   * Where a block is.
   *
   * @param number its number in the index file of its segment, -1 when that has none yet
   * @param place where it is
   */
  record Located(int number, PackIndex.Place place) {}

  PackIndex.@Nullable Place find(byte[] digest) {
    Located located = locate(digest);
    return located == null ? null : located.place();
  }

  @Nullable Located locate(byte[] digest) {
    while (true) {
      long seen = moves.get();
      PackIndex.Place place = recent.find(digest);
      if (place != null) {
        return new Located(-1, place);
      }
      SortedIndex.Found found = findSealed(digest);
      if (found != null) {
        return new Located(found.number(), found.place());
      }
      if (moves.get() == seen) {
        return null;
      }
    }
  }

  private SortedIndex.@Nullable Found findSealed(byte[] digest) {
    int number = sealed.newestBelow(digest, Long.MAX_VALUE);
    while (number >= 0) {
      SortedIndex index = indexOf(number);
      SortedIndex.Found found = index == null ? null : index.find(digest);
      if (index != null && found != null && !index.isDead(found.number())) {
        return found;
      }
      number = sealed.newestBelow(digest, number);
    }
    return null;
  }

  private @Nullable SortedIndex indexOf(int number) {
    PackSegment segment = segments.get(number);
    return segment == null ? null : segment.index();
  }

  /** Puts a block that was just written, or moves it there; answers where it was before. */
  PackIndex.@Nullable Place put(byte[] digest, PackIndex.Place place) {
    PackIndex.Place before = find(digest);
    PackIndex.Place replaced = recent.put(digest, place);
    moves.incrementAndGet();
    if (replaced == null) {
      blocks.incrementAndGet();
      if (before != null) {
        bury(digest, before);
      }
    }
    return before;
  }

  /** Forgets a block if it is still where the caller saw it; answers whether it was. */
  boolean remove(byte[] digest, PackIndex.Place expected) {
    if (recent.remove(digest, expected)) {
      blocks.decrementAndGet();
      return true;
    }
    return bury(digest, expected);
  }

  private boolean bury(byte[] digest, PackIndex.Place expected) {
    SortedIndex index = indexOf(expected.segment());
    SortedIndex.Found found = index == null ? null : index.find(digest);
    if (index == null || found == null || !found.place().equals(expected)) {
      return false;
    }
    if (!index.bury(found.number())) {
      return false;
    }
    sealed.remove(digest, expected.segment());
    blocks.decrementAndGet();
    return true;
  }

  /**
   * Learns a block of a sealed segment, at the start: segments come in the order of their numbers,
   * and each gets its index file when all its blocks are known.
   *
   * @return where an older segment has it, which no longer counts
   */
  PackIndex.@Nullable Place putSealed(PackIndex.Entry entry) {
    PackIndex.Place before = find(entry.digest());
    if (before != null) {
      remove(entry.digest(), before);
    }
    sealed.add(entry.digest(), entry.place().segment());
    blocks.incrementAndGet();
    return before;
  }

  /** Blocks of a segment are no longer needed here: its index file, just written, has them. */
  void seal(PackSegment segment, PackSidecar written) {
    for (int i = 0; i < written.count(); i++) {
      sealed.add(written.entry(i).digest(), segment.number());
    }
    segment.index(new SortedIndex(segment.sidecar(), segment.number(), written));
    moves.incrementAndGet();
    for (int i = 0; i < written.count(); i++) {
      PackIndex.Entry entry = written.entry(i);
      recent.remove(entry.digest(), entry.place());
    }
  }

  /** Whether one more segment can be sealed. */
  boolean hasRoom() {
    return sealed.hasRoom();
  }

  /** A segment of which all blocks are gone. */
  void forget(PackSegment segment) {
    sealed.forget(segment.number());
  }

  /** Gets blocks. */
  @FunctionalInterface
  interface Visitor {
    /**
     * One block.
     *
     * @param number as {@link Located} has it
     */
    void visit(int number, PackIndex.Entry entry);
  }

  /** Visits all blocks of a segment, in no order. */
  void visit(PackSegment segment, Visitor visitor) {
    SortedIndex index = segment.index();
    if (index == null) {
      recent.ofSegment(segment.number()).forEach(entry -> visitor.visit(-1, entry));
    } else {
      index.visitLiving(visitor);
    }
  }

  /** All blocks of a segment, in the order of their offsets. */
  List<PackIndex.Entry> ofSegment(PackSegment segment) {
    List<PackIndex.Entry> entries = new ArrayList<>();
    visit(segment, (_, entry) -> entries.add(entry));
    entries.sort(Comparator.comparingInt(entry -> entry.place().offset()));
    return entries;
  }
}
