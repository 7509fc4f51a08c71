package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multihash;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One collection of garbage in a {@link PackBlockstore}: first all that lives is marked, then the
 * rest is visited. A mark is a bit for each block, at the place where it lies; so ten million
 * blocks take 1.3 MB.
 *
 * <p>Only what was here when this began is visited. Whatever is written after that, a new block, or
 * one that moves because its segment is rewritten, counts as marked: it lies in a newer segment, or
 * behind the end that a segment had. So nothing has to stand still meanwhile. A block that is put
 * while it is here, unmarked, is not written; who puts it must see to it that it is not deleted.
 *
 * <p>For use by one thread; the store goes on.
 */
public final class PackSweep {
  /**
   * Two blocks in a segment are further apart than this: each has a length and a CID before it.
   * Marks in segments that have no index file count in such steps.
   */
  private static final int STEP_BITS = 4;

  private final PackCatalog catalog;
  private final Map<Integer, Part> parts = new HashMap<>();

  /** The marks in one segment. */
  private static final class Part {
    private final PackSegment segment;
    private final long end;
    private final BitSet byNumber = new BitSet();
    private final BitSet byStep = new BitSet();

    Part(PackSegment segment) {
      this.segment = segment;
      this.end = segment.end();
    }

    boolean isMarked(PackCatalog.Located at) {
      return at.place().sectionStart() >= end
          || byStep.get(at.place().offset() >>> STEP_BITS)
          || (at.number() >= 0 && byNumber.get(at.number()));
    }

    void mark(PackCatalog.Located at) {
      if (at.number() >= 0) {
        byNumber.set(at.number());
      } else {
        byStep.set(at.place().offset() >>> STEP_BITS);
      }
    }
  }

  PackSweep(PackCatalog catalog, Iterable<PackSegment> segments) {
    this.catalog = catalog;
    segments.forEach(segment -> parts.put(segment.number(), new Part(segment)));
  }

  /**
   * Marks a block, if it is here.
   *
   * @param cid the block
   * @return whether it is here
   */
  public boolean mark(Cid cid) {
    PackCatalog.Located at = locate(cid);
    Part part = at == null ? null : parts.get(at.place().segment());
    if (at != null && part != null) {
      part.mark(at);
    }
    return at != null;
  }

  /**
   * Whether a block is here and would not be visited.
   *
   * @param cid the block
   * @return true for identity CIDs
   */
  public boolean isMarked(Cid cid) {
    PackCatalog.Located at = locate(cid);
    if (at == null) {
      return cid.isIdentity();
    }
    Part part = parts.get(at.place().segment());
    return part == null || part.isMarked(at);
  }

  private PackCatalog.@Nullable Located locate(Cid cid) {
    Multihash hash = cid.multihash();
    if (hash.isIdentity() || !hash.isVerifiable()) {
      return null;
    }
    PackCatalog.Located at = catalog.locate(hash.key());
    return at != null && at.place().fits(hash) ? at : null;
  }

  /**
   * Visits what was not marked, segment by segment. The visitor may delete it.
   *
   * @param visitor gets the CID of each block, of version 1 and raw where its hash is SHA2-256
   */
  public void visitUnmarked(Consumer<Cid> visitor) {
    for (Part part : List.copyOf(parts.values())) {
      catalog.visit(
          part.segment,
          (number, entry) -> {
            if (!part.isMarked(new PackCatalog.Located(number, entry.place()))) {
              visitor.accept(part.segment.nameOf(entry));
            }
          });
    }
  }
}
