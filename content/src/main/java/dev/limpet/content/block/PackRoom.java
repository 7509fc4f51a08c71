package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Keeps a {@link PackBlockstore} under its quota: before a block is written, there is room for it,
 * or it is refused. A cache forgets its oldest segment; a store rewrites segments that are mostly
 * dead. All methods need the store's write lock.
 */
final class PackRoom {
  private final PackOptions options;
  private final PackCatalog catalog;
  private final PackSegments segments;
  private final PackWriter writer;
  private final PackCompactor compactor;
  private final LongSupplier stored;

  PackRoom(PackBlockstore.Parts parts, PackWriter writer, LongSupplier stored) {
    this.options = parts.options();
    this.catalog = parts.catalog();
    this.segments = parts.segments();
    this.writer = writer;
    this.compactor = new PackCompactor(parts, writer);
    this.stored = stored;
  }

  /**
   * Makes room for a block.
   *
   * @param evicted gets what had to go
   * @throws QuotaExceededException when there is none to be made
   */
  void make(Block block, List<Cid> evicted) {
    int length = block.bytes().length;
    int section = PackSection.prefixOf(block.cid(), length).length + length;
    long limit = options.quotaBytes() - options.reserveBytes();
    boolean canEverFit = PackWriter.costAlone(section) <= limit;
    while (stored.getAsLong() + writer.cost(section) > limit) {
      boolean made = canEverFit && (options.evictOldest() ? evict(evicted) : rewrite());
      if (!made) {
        throw new QuotaExceededException(options.quotaBytes());
      }
    }
  }

  private boolean evict(List<Cid> evicted) {
    PackSegment oldest = segments.oldest();
    if (oldest == null) {
      return false;
    }
    for (PackIndex.Entry entry : catalog.ofSegment(oldest)) {
      evicted.add(oldest.cidAt(entry));
      catalog.remove(entry.digest(), entry.place());
    }
    drop(oldest);
    return true;
  }

  /** Copies what lives in the segment that is most dead, and drops it; false when none is. */
  private boolean rewrite() {
    boolean copied;
    do {
      copied = copy(Long.MAX_VALUE);
    } while (copied && !isCopied());
    if (copied) {
      writer.sync();
      dropCopied();
    }
    return copied;
  }

  /** A step of that; false when nothing is worth it. */
  boolean copy(long bytes) {
    return compactor.copy(options.quotaBytes() - stored.getAsLong(), bytes);
  }

  /** Whether a segment may go as soon as all is flushed. */
  boolean isCopied() {
    return compactor.copied() != null;
  }

  /** Drops the segment of which all is copied and flushed, if there still is one. */
  void dropCopied() {
    PackSegment copied = compactor.copied();
    if (copied != null) {
      compactor.done();
      drop(copied);
    }
  }

  /** Deletes a segment in which nothing lives. */
  void drop(PackSegment segment) {
    if (writer.isActive(segment)) {
      writer.forsake();
    }
    segments.drop(segment);
    catalog.forget(segment);
    writer.forgetMarks();
  }
}
