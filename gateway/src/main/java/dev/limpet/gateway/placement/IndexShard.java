package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.Holds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.StampedLock;

/**
 * A part of the {@link HolderIndex}, behind a lock of its own. The lock is held for one probe and
 * one chain, never for more than that, except while the arrays of this part grow or are swept.
 */
final class IndexShard {
  private static final int USUAL_HOLDERS = 4;

  private final StampedLock lock = new StampedLock();
  private final DigestTable digests;
  private final Postings postings = new Postings();
  private final Tenancies tenancies;

  IndexShard(Tenancies tenancies, long secret) {
    this.tenancies = tenancies;
    this.digests = new DigestTable(secret);
  }

  /** What a put found. */
  enum Found {
    /** The node had no such holding, and has none now. */
    ABSENT,
    /** It had none, and now has. */
    ADDED,
    /** It had one, which is now this. */
    REPLACED
  }

  /** Everybody who has the block, each node once. */
  List<Holder> holders(IndexKey key, long hash) {
    long stamp = lock.readLock();
    try {
      int digest = digests.find(key, hash);
      return digest < 0 ? List.of() : collect(key, digests.head(digest));
    } finally {
      lock.unlockRead(stamp);
    }
  }

  private List<Holder> collect(IndexKey key, int first) {
    List<Holder> holders = new ArrayList<>(USUAL_HOLDERS);
    boolean others = false;
    for (int at = first; at != Postings.END; at = postings.next(at)) {
      if (postings.codec(at) != key.codec()) {
        others = true;
        continue;
      }
      Tenancy tenancy = tenancies.byNumber(postings.tenancy(at));
      if (tenancy != null) {
        holders.add(
            new Holder(
                tenancy.node(),
                postings.complete(at) ? Holds.COMPLETE : Holds.PARTIAL,
                postings.size(at),
                postings.dagSize(at),
                postings.kind(at),
                false,
                postings.proof(at)));
      }
    }
    if (others && key.codec() != IndexKey.OTHER) {
      addOthers(key, first, holders);
    }
    return holders;
  }

  /**
   * Who holds the same block to read it in another way has the block itself, and of what it links
   * to nothing is known; a raw block links to nothing.
   */
  private void addOthers(IndexKey key, int first, List<Holder> holders) {
    Holds holds = key.codec() == IndexKey.RAW ? Holds.COMPLETE : Holds.UNKNOWN;
    Set<KnownNode> known = new HashSet<>();
    for (Holder holder : holders) {
      known.add(holder.node());
    }
    for (int at = first; at != Postings.END; at = postings.next(at)) {
      boolean sameBlock = postings.codec(at) != IndexKey.OTHER && postings.complete(at);
      Tenancy tenancy = sameBlock ? tenancies.byNumber(postings.tenancy(at)) : null;
      if (tenancy != null && known.add(tenancy.node())) {
        holders.add(
            new Holder(
                tenancy.node(), holds, -1, -1, postings.kind(at), false, postings.proof(at)));
      }
    }
  }

  /**
   * Changes a holding of a node, or adds it.
   *
   * @param now under which tenancy it stands from now on
   * @param mayAdd whether there is room for one more
   */
  Found put(IndexKey key, long hash, Tenancy now, Holding holding, boolean mayAdd) {
    long stamp = lock.writeLock();
    try {
      int digest = digests.find(key, hash);
      int before = posting(digest, key.codec(), now.node());
      if (before != Postings.END) {
        Proof proof = kept(before, now, holding);
        discount(before, holding.cid());
        postings.set(before, now.number(), key.codec(), holding, proof);
        now.add(holding);
        now.proved(Proof.CLAIMED, proof);
        return Found.REPLACED;
      }
      if (!mayAdd) {
        return Found.ABSENT;
      }
      int at = digest < 0 ? digests.add(key) : digest;
      digests.setHead(at, postings.add(now.number(), key.codec(), holding, digests.head(at)));
      now.add(holding);
      return Found.ADDED;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /**
   * What is left of a proof when its holding is announced again. That all is there is not shown by
   * having shown a part. What failed is news in a delta, and the same in a snapshot.
   */
  private Proof kept(int posting, Tenancy now, Holding holding) {
    boolean delta = postings.tenancy(posting) == now.number();
    return switch (postings.proof(posting)) {
      case CLAIMED -> Proof.CLAIMED;
      case SHOWN ->
          (delta || now.keepsProofs()) && (postings.complete(posting) || !holding.complete())
              ? Proof.SHOWN
              : Proof.CLAIMED;
      case FAILED -> !delta && now.keepsProofs() ? Proof.FAILED : Proof.CLAIMED;
    };
  }

  /** A node has shown a holding, or could not; false when it has none. */
  boolean prove(IndexKey key, long hash, KnownNode node, Proof proof) {
    long stamp = lock.writeLock();
    try {
      int at = posting(digests.find(key, hash), key.codec(), node);
      if (at == Postings.END) {
        return false;
      }
      Tenancy tenancy = tenancies.byNumber(postings.tenancy(at));
      if (tenancy != null) {
        tenancy.proved(postings.proof(at), proof);
      }
      postings.prove(at, proof);
      return true;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  /** Takes a holding of a node away; false when it had none. */
  boolean remove(IndexKey key, long hash, Cid cid, KnownNode node) {
    long stamp = lock.writeLock();
    try {
      int digest = digests.find(key, hash);
      int gone = posting(digest, key.codec(), node);
      if (gone == Postings.END) {
        return false;
      }
      discount(gone, cid);
      unlink(digest, gone);
      return true;
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private void discount(int posting, Cid cid) {
    Tenancy tenancy = tenancies.byNumber(postings.tenancy(posting));
    if (tenancy != null) {
      tenancy.proved(postings.proof(posting), Proof.CLAIMED);
      tenancy.subtract(
          new Holding(
              cid,
              postings.size(posting),
              postings.dagSize(posting),
              postings.complete(posting),
              postings.kind(posting)));
    }
  }

  /** What a node has of a digest, which is negative when nobody has it; or the end. */
  private int posting(int digest, int codec, KnownNode node) {
    int first = digest < 0 ? Postings.END : digests.head(digest);
    for (int at = first; at != Postings.END; at = postings.next(at)) {
      Tenancy tenancy = tenancies.byNumber(postings.tenancy(at));
      if (postings.codec(at) == codec && tenancy != null && tenancy.node() == node) {
        return at;
      }
    }
    return Postings.END;
  }

  private void unlink(int digest, int gone) {
    int before = Postings.END;
    for (int at = digests.head(digest); at != gone; at = postings.next(at)) {
      before = at;
    }
    unlink(digest, before, gone);
    removeIfEmpty(digest);
  }

  private void unlink(int digest, int before, int gone) {
    int next = postings.next(gone);
    if (before == Postings.END) {
      digests.setHead(digest, next);
    } else {
      postings.setNext(before, next);
    }
    postings.free(gone);
  }

  private void removeIfEmpty(int digest) {
    if (digests.head(digest) == Postings.END) {
      digests.remove(digest);
    }
  }

  /** Gives back the room of postings whose tenancy was retired. */
  void sweep() {
    long stamp = lock.writeLock();
    try {
      for (int digest = 0; digest < digests.limit(); digest++) {
        if (!digests.isFree(digest)) {
          sweep(digest);
        }
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private void sweep(int digest) {
    int before = Postings.END;
    int at = digests.head(digest);
    while (at != Postings.END) {
      int next = postings.next(at);
      if (tenancies.byNumber(postings.tenancy(at)) != null) {
        before = at;
      } else {
        unlink(digest, before, at);
      }
      at = next;
    }
    removeIfEmpty(digest);
  }
}
