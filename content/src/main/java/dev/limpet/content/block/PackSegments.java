package dev.limpet.content.block;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The segments of a store by number, oldest first, and the space that all its files take. */
final class PackSegments {
  private final NavigableMap<Integer, PackSegment> byNumber = new ConcurrentSkipListMap<>();
  private final AtomicLong stored = new AtomicLong();

  @Nullable PackSegment get(int number) {
    return byNumber.get(number);
  }

  Collection<PackSegment> all() {
    return byNumber.values();
  }

  @Nullable PackSegment oldest() {
    var first = byNumber.firstEntry();
    return first == null ? null : first.getValue();
  }

  @Nullable PackSegment newest() {
    var last = byNumber.lastEntry();
    return last == null ? null : last.getValue();
  }

  /** Whether a segment is among these. */
  @SuppressWarnings("ReferenceEquality") // A number is given once, but be sure.
  boolean has(PackSegment segment) {
    return byNumber.get(segment.number()) == segment;
  }

  /**
   * The segment with the most dead bytes among those that are at least half dead, and of which what
   * lives fits into some room.
   */
  Optional<PackSegment> mostlyDead(long room) {
    return byNumber.values().stream()
        .filter(segment -> segment.deadBytes() > 0 && segment.deadBytes() >= segment.liveBytes())
        .filter(segment -> segment.copyBytes() <= room)
        .max(Comparator.comparingLong(PackSegment::deadBytes));
  }

  void add(PackSegment segment) {
    byNumber.put(segment.number(), segment);
    charge(segment.diskBytes());
  }

  /** Deletes a segment that the index no longer points to. */
  void drop(PackSegment segment) {
    byNumber.remove(segment.number());
    charge(-segment.diskBytes());
    try {
      segment.drop();
    } catch (IOException e) {
      throw new StoreFailedException("cannot delete " + segment.file() + ": " + e, e);
    }
  }

  void charge(long bytes) {
    stored.addAndGet(bytes);
  }

  long storedBytes() {
    return stored.get();
  }

  /** Closes all files; answers what went wrong. */
  List<IOException> close() {
    List<IOException> failures = new ArrayList<>();
    for (PackSegment segment : byNumber.values()) {
      try {
        segment.close();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    return failures;
  }
}
