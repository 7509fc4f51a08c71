package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who has what: from a CID to the nodes that announced it.
 *
 * <p>Invariants. Keys are CIDs of version 1. The holders of a CID are an immutable list that is
 * replaced whole, so a call reads it without a lock, and one lookup is one probe of a hash table. A
 * node's snapshot replaces what was known of it entry by entry: what it held before and holds still
 * is never missing in between. Holders stay when their node goes, so that an error can name them.
 * There are never more than {@code maxEntries} pairs of CID and node; the last tenth is for roots,
 * which callers name, so entries inside of them are what is dropped (and counted) first.
 */
public final class HolderIndex {
  /** Of ten entries, how many may be something other than a root. */
  private static final int TENTHS_FOR_OTHERS = 9;

  private final ConcurrentHashMap<Cid, List<Holder>> byCid = new ConcurrentHashMap<>();
  private final AtomicInteger entries = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final int maxEntries;

  /**
   * An empty index.
   *
   * @param maxEntries pairs of CID and node; each takes about 250 bytes of memory
   */
  public HolderIndex(int maxEntries) {
    this.maxEntries = maxEntries;
  }

  /** Pairs of CID and node that there is room for. */
  int maxEntries() {
    return maxEntries;
  }

  /** Everybody who announced {@code cid}, whatever their state; empty when nobody ever did. */
  public List<Holder> holders(Cid cid) {
    return byCid.getOrDefault(cid.toV1(), List.of());
  }

  /** Pairs of CID and node. */
  public int entries() {
    return entries.get();
  }

  /** Announced holdings that there was no room for. */
  public long dropped() {
    return dropped.get();
  }

  /** Makes {@code holdings} all that is known of a node. */
  void replace(KnownNode node, Collection<Holding> holdings) {
    Map<Cid, Holding> now = new HashMap<>();
    for (Holding holding : holdings) {
      now.put(holding.cid().toV1(), holding);
    }
    for (Cid cid : byCid.keySet()) {
      if (!now.containsKey(cid)) {
        remove(node, cid);
      }
    }
    now.values().forEach(holding -> put(node, holding));
  }

  /** One more holding of a node, or news about one. */
  void put(KnownNode node, Holding holding) {
    Holder holder =
        new Holder(node, holding.complete(), holding.size(), holding.dagSize(), holding.kind());
    byCid.compute(holding.cid().toV1(), (_, before) -> with(before, holder));
  }

  /** A node has lost a holding. */
  void remove(KnownNode node, Cid cid) {
    byCid.computeIfPresent(cid.toV1(), (_, before) -> without(before, node));
  }

  private @Nullable List<Holder> with(@Nullable List<Holder> before, Holder holder) {
    List<Holder> holders = new ArrayList<>(before == null ? 1 : before.size() + 1);
    Holder old = null;
    if (before != null) {
      for (Holder other : before) {
        if (other.node() == holder.node()) {
          old = other;
        } else {
          holders.add(other);
        }
      }
    }
    if (old == null && !takesOne(holder.kind())) {
      dropped.incrementAndGet();
      return before;
    }
    count(old, -1);
    count(holder, 1);
    holders.add(holder);
    return List.copyOf(holders);
  }

  private @Nullable List<Holder> without(List<Holder> before, KnownNode node) {
    List<Holder> left = new ArrayList<>(before.size());
    for (Holder holder : before) {
      if (holder.node() == node) {
        entries.decrementAndGet();
        count(holder, -1);
      } else {
        left.add(holder);
      }
    }
    return left.isEmpty() ? null : List.copyOf(left);
  }

  private boolean takesOne(HoldingKind kind) {
    int room =
        kind == HoldingKind.ROOT ? maxEntries : (int) ((long) maxEntries * TENTHS_FOR_OTHERS / 10);
    if (entries.incrementAndGet() <= room) {
      return true;
    }
    entries.decrementAndGet();
    return false;
  }

  private static void count(@Nullable Holder holder, int sign) {
    if (holder != null && holder.kind() == HoldingKind.ROOT) {
      holder.node().countRoot(sign, sign * Math.max(0, holder.dagSize()));
    }
  }
}
