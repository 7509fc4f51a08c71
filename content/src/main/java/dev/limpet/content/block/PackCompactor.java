package dev.limpet.content.block;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Gives back the space of deleted blocks, a little at a time: it takes the segment with the most
 * dead bytes among those that are at least half dead, copies what lives in it behind the newest
 * block, flushes that, and only then drops the segment. A crash in its middle leaves blocks twice,
 * of which the newer counts.
 *
 * <p>A segment is taken only when what lives in it fits under the quota beside it; puts leave room
 * for that ({@link PackOptions#reserveBytes}). All methods need the store's write lock.
 */
final class PackCompactor {
  private static final Logger LOG = System.getLogger(PackCompactor.class.getName());

  private final PackCatalog catalog;
  private final PackSegments segments;
  private final PackWriter writer;
  private final Deque<PackIndex.Entry> rest = new ArrayDeque<>();
  private @Nullable PackSegment victim;

  PackCompactor(PackBlockstore.Parts parts, PackWriter writer) {
    this.catalog = parts.catalog();
    this.segments = parts.segments();
    this.writer = writer;
  }

  /**
   * Copies on.
   *
   * @param room bytes that may be written beside what there is
   * @param most bytes after which it stops, having copied at least one block
   * @return false when nothing is worth copying
   */
  boolean copy(long room, long most) {
    PackSegment from = victim;
    if (from == null || !segments.has(from)) {
      from = choose(room);
    }
    if (from == null) {
      return false;
    }
    long copied = 0;
    while (!rest.isEmpty() && copied < most) {
      PackIndex.Entry entry = rest.removeFirst();
      if (entry.place().equals(catalog.find(entry.digest()))) {
        copy(from, entry);
        copied += entry.place().sectionLength();
      }
    }
    return true;
  }

  private @Nullable PackSegment choose(long room) {
    rest.clear();
    victim = segments.mostlyDead(room).orElse(null);
    PackSegment chosen = victim;
    if (chosen != null) {
      if (writer.isActive(chosen)) {
        writer.seal();
      }
      rest.addAll(catalog.ofSegment(chosen));
    }
    return chosen;
  }

  private void copy(PackSegment from, PackIndex.Entry entry) {
    byte[] bytes = from.require(entry.place());
    var cid = from.cidAt(entry);
    if (!cid.multihash().matches(bytes)) {
      LOG.log(Level.WARNING, "block {0} is damaged and was given up", cid);
      catalog.remove(entry.digest(), entry.place());
    } else {
      catalog.put(entry.digest(), writer.append(cid, bytes));
    }
    from.blockLost(entry.place());
    writer.flushWhenMuch();
  }

  /** The segment of which all is copied, to be dropped when that is flushed; null when not yet. */
  @Nullable PackSegment copied() {
    PackSegment from = victim;
    return from != null && rest.isEmpty() && segments.has(from) ? from : null;
  }

  /** The segment was dropped. */
  void done() {
    victim = null;
  }
}
