package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Who has what: from a CID to the nodes that announced it, in arrays instead of objects, so that a
 * million roots of ten thousand nodes fit beside everything else.
 *
 * <p>Invariants. What is compared are multihashes ({@link IndexKey}). A lookup holds the lock of
 * one of many parts for one probe. Each posting stands under a {@link Tenancy} of its node, and a
 * node's snapshot moves what it holds still to a new one before the old one is retired: what it
 * held before and holds still is never missing in between, and all that it lost is gone at once.
 * What is retired is swept out when it is a quarter of all. Holders stay when their node goes, so
 * that an error can name them; nobody is sent to them, because their node is not here. There are
 * never more than {@code maxEntries} pairs of CID and node; the last tenth is for roots, which
 * callers name, so entries inside of them are what is dropped (and counted) first.
 *
 * <p>What is said of one node is changed by one thread at a time; different nodes by any.
 */
public final class HolderIndex {
  /** Of ten entries, how many may be something other than a root. */
  private static final int TENTHS_FOR_OTHERS = 9;

  /** A power of two: with a million holdings the arrays of one part grow in microseconds. */
  private static final int SHARDS = 256;

  private static final int SHARD_SHIFT = Long.SIZE - 8;

  /** Retired holdings that are left where they are, whatever the rest. */
  private static final int SWEPT_TOGETHER = 4096;

  private final IndexShard[] shards = new IndexShard[SHARDS];
  private final FoundHolders found = new FoundHolders();
  private final Tenancies tenancies = new Tenancies();
  private final AtomicInteger entries = new AtomicInteger();
  private final AtomicInteger retired = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final int maxEntries;
  private final long secret = new SecureRandom().nextLong();

  /**
   * An empty index.
   *
   * @param maxEntries pairs of CID and node; one takes some 60 to 90 bytes of memory, and each
   *     further holder of the same CID some 30
   */
  public HolderIndex(int maxEntries) {
    this.maxEntries = maxEntries;
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new IndexShard(tenancies, secret);
    }
  }

  /** Pairs of CID and node that there is room for. */
  int maxEntries() {
    return maxEntries;
  }

  /**
   * Everybody who announced {@code cid}, whatever their state and whether they have shown it. As
   * long as none of them has, those who have shown it lately when they were asked come first: a
   * node that starts anew is asked before it announces, and has still to show what it announced.
   */
  public List<Holder> holders(Cid cid) {
    List<Holder> announced = announced(cid);
    for (Holder holder : announced) {
      if (holder.proof() == Proof.SHOWN) {
        return announced;
      }
    }
    List<Holder> asked = found.get(cid);
    return asked == null || asked.isEmpty() ? announced : together(asked, announced);
  }

  /** Each node once. */
  private static List<Holder> together(List<Holder> asked, List<Holder> announced) {
    if (announced.isEmpty()) {
      return asked;
    }
    List<Holder> all = new ArrayList<>(asked);
    for (Holder holder : announced) {
      if (asked.stream().noneMatch(other -> other.node() == holder.node())) {
        all.add(holder);
      }
    }
    return all;
  }

  /**
   * A node has shown that it has what it announced, or could not. Nothing happens when it has
   * announced nothing of the kind, or no longer does.
   */
  void prove(KnownNode node, Cid cid, Proof proof) {
    IndexKey key = IndexKey.of(cid);
    long hash = key.hash(secret);
    if (shard(hash).prove(key, hash, node, proof)) {
      tell(node, tenancies.of(node));
    }
  }

  private static void tell(KnownNode node, Tenancy tenancy) {
    node.holds(tenancy.roots(), tenancy.rootBytes(), tenancy.failed(), tenancy.copies());
  }

  /** Everybody who announced it, whatever their state and whether they have shown it. */
  List<Holder> announced(Cid cid) {
    IndexKey key = IndexKey.of(cid);
    long hash = key.hash(secret);
    return shard(hash).holders(key, hash);
  }

  /** Whether nobody announced it or all who did could not show it, and nobody was asked lately. */
  public boolean isUnknown(Cid cid) {
    return announced(cid).stream().allMatch(Holder::hasFailed) && found.get(cid) == null;
  }

  /**
   * What came of asking nodes for what nobody announced.
   *
   * @param holders have shown that they have it
   * @param silent did not say whether they have it
   * @param arrivals {@link #arrivals} when it began
   */
  public record Answers(List<KnownNode> holders, List<KnownNode> silent, int arrivals) {
    /** Keeps copies. */
    public Answers {
      holders = List.copyOf(holders);
      silent = List.copyOf(silent);
    }
  }

  /** Takes down what came of asking. That nobody has it holds until the next node comes. */
  public void remember(Cid cid, Answers given) {
    found.remember(cid, given);
  }

  /** Nodes that have come until now; only the difference of two means something. */
  public int arrivals() {
    return found.arrivals();
  }

  /** Who did not say whether it has this when it was asked lately, and nobody else had it. */
  public List<KnownNode> silent(Cid cid) {
    return found.silent(cid);
  }

  /** A node has come that may have what nobody had. */
  void arrived() {
    found.arrived();
  }

  /** Pairs of CID and node. */
  public int entries() {
    return entries.get();
  }

  /** Announced holdings that there was no room for. */
  public long dropped() {
    return dropped.get();
  }

  /**
   * Makes {@code holdings} all that is known of a node.
   *
   * @param keepsProofs whether the node is the process that has shown what it has shown
   */
  void replace(KnownNode node, Collection<Holding> holdings, boolean keepsProofs) {
    Tenancy before = tenancies.of(node);
    Tenancy now = tenancies.next(node, keepsProofs);
    List<Holding> fresh = new ArrayList<>();
    for (Holding holding : holdings) {
      IndexKey key = IndexKey.of(holding.cid());
      long hash = key.hash(secret);
      if (shard(hash).put(key, hash, now, holding, false) == IndexShard.Found.ABSENT) {
        fresh.add(holding);
      }
    }
    retire(before);
    fresh.forEach(holding -> put(now, holding));
    tell(node, now);
  }

  private void retire(Tenancy tenancy) {
    tenancies.retire(tenancy);
    int left = entries.addAndGet(-tenancy.holdings());
    int swept = retired.addAndGet(Math.max(1, tenancy.holdings()));
    if (swept > Math.clamp(left / 4, SWEPT_TOGETHER, Tenancy.MAX_TENANCIES / 2)) {
      sweep();
    }
  }

  private synchronized void sweep() {
    retired.set(0);
    List<Integer> numbers = tenancies.takeRetired();
    for (IndexShard shard : shards) {
      shard.sweep();
    }
    tenancies.reuse(numbers);
  }

  /**
   * Whether what is known of a node is what it says that it has; true also when something of it
   * found no room, so that it must be less.
   */
  boolean agrees(KnownNode node, String digest) {
    Tenancy tenancy = tenancies.of(node);
    return tenancy.isLacking() || tenancy.digest().toString().equals(digest);
  }

  /** Nothing is known of a node any more. */
  void forget(KnownNode node) {
    retire(tenancies.of(node));
    found.forget(node);
    node.holds(0, 0, 0, 0);
  }

  /** One more holding of a node, or news about one. */
  void put(KnownNode node, Holding holding) {
    Tenancy tenancy = tenancies.of(node);
    put(tenancy, holding);
    tell(node, tenancy);
  }

  private void put(Tenancy tenancy, Holding holding) {
    IndexKey key = IndexKey.of(holding.cid());
    boolean room = takesOne(holding.kind());
    long hash = key.hash(secret);
    switch (shard(hash).put(key, hash, tenancy, holding, room)) {
      case ADDED -> {}
      case ABSENT -> {
        tenancy.lack();
        dropped.incrementAndGet();
      }
      case REPLACED -> {
        if (room) {
          entries.decrementAndGet();
        }
      }
    }
  }

  /** A node has lost a holding. */
  void remove(KnownNode node, Cid cid) {
    IndexKey key = IndexKey.of(cid);
    long hash = key.hash(secret);
    if (shard(hash).remove(key, hash, cid, node)) {
      entries.decrementAndGet();
      tell(node, tenancies.of(node));
    }
  }

  // By the highest bits; the part finds its places by the lowest.
  private IndexShard shard(long hash) {
    return shards[(int) (hash >>> SHARD_SHIFT)];
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
}
