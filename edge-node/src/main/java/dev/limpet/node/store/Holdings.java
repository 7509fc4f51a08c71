package dev.limpet.node.store;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.HoldingsDigest;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The account of the DAGs that this node has, and of what the gateway does not know yet.
 *
 * <p>Each change gets the next version. While somebody listens, the last state of each changed CID
 * waits to be told; so a CID that comes and goes costs one entry, and what waits is never more than
 * what there is. A listener that lost count starts again with everything ({@link #listen}).
 *
 * <p>CIDs are kept as version 1, so that the two spellings of one DAG are one holding.
 */
public final class Holdings {
  /** About 200 bytes each here and at the gateway; what is beyond is still found by its root. */
  public static final int MAX_HOLDINGS = 100_000;

  /**
   * Their part of a heap that is too small for so many: they stay, so that in 64 MiB all of them
   * left no room for the work.
   */
  private static final int HEAP_PART = 16;

  private static final int HOLDING_BYTES = 200;

  private static final System.Logger LOG = System.getLogger(Holdings.class.getName());

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition told = lock.newCondition();
  private final Map<Cid, Holding> held = new LinkedHashMap<>();
  private final Map<Cid, Optional<Holding>> waiting = new LinkedHashMap<>();
  private HoldingsDigest digest = HoldingsDigest.EMPTY;
  private boolean listening;
  private boolean full;
  private long leftOut;
  private long version;
  private long toldVersion;

  /**
   * Changes for the gateway.
   *
   * @param added new or different
   * @param removed no longer here
   * @param version what the listener knows when it was told these
   * @param digest of all that is here, when these leave nothing untold; else null
   */
  public record Changes(
      List<Holding> added, List<Cid> removed, long version, @Nullable String digest) {
    /** Nothing has changed. */
    public boolean isEmpty() {
      return added.isEmpty() && removed.isEmpty();
    }
  }

  /**
   * Holds none yet.
   *
   * @param heap bytes that all of the process may take; a sixteenth of it is for the account
   */
  public Holdings(long heap) {
    this.most = (int) Math.min(MAX_HOLDINGS, heap / HEAP_PART / HOLDING_BYTES);
  }

  /** Beyond so many there is room for roots alone. */
  int most() {
    return most;
  }

  /**
   * Adds or replaces a holding; one that a better reason keeps is left as it is. Roots always find
   * room, others as long as there is some: those that find none are counted, and the log says so
   * once until there is room again.
   */
  public void put(Holding holding) {
    Cid cid = holding.cid().toV1();
    lock.lock();
    try {
      Holding before = held.get(cid);
      if (before == null && held.size() >= most && holding.kind() != HoldingKind.ROOT) {
        leaveOut();
        return;
      }
      if (before != null && isBetter(before, holding)) {
        return;
      }
      change(cid, holding);
    } finally {
      lock.unlock();
    }
  }

  private void leaveOut() {
    leftOut++;
    if (!full) {
      full = true;
      LOG.log(
          Level.WARNING,
          "{0} roots, files and directories are announced, and there is no room for more: "
              + "calls that name another file find this node by its root alone; "
              + "give it a larger heap (-Xmx) if you want them told",
          held.size());
    }
  }

  /** How often a file or directory found no room to be announced, since the start. */
  public long leftOut() {
    lock.lock();
    try {
      return leftOut;
    } finally {
      lock.unlock();
    }
  }

  private static boolean isBetter(Holding before, Holding after) {
    return before.equals(after) || (before.complete() && before.kind().compareTo(after.kind()) < 0);
  }

  /** Replaces a holding, whatever was there. */
  public void replace(Holding holding) {
    lock.lock();
    try {
      change(holding.cid().toV1(), holding);
    } finally {
      lock.unlock();
    }
  }

  /** Takes a holding away when it was there for that reason. */
  public void remove(Cid cid, HoldingKind kind) {
    Cid key = cid.toV1();
    lock.lock();
    try {
      Holding before = held.get(key);
      if (before != null && before.kind() == kind) {
        change(key, null);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes away all that are there for that reason and are no longer wanted. */
  public void removeIf(HoldingKind kind, Predicate<Cid> unwanted) {
    lock.lock();
    try {
      List<Cid> gone =
          held.entrySet().stream()
              .filter(e -> e.getValue().kind() == kind && unwanted.test(e.getKey()))
              .map(Map.Entry::getKey)
              .toList();
      gone.forEach(cid -> change(cid, null));
    } finally {
      lock.unlock();
    }
  }

  /** All that are there for that reason, at this moment. */
  public List<Holding> ofKind(HoldingKind kind) {
    lock.lock();
    try {
      return held.values().stream().filter(h -> h.kind() == kind).toList();
    } finally {
      lock.unlock();
    }
  }

  private void change(Cid cid, @Nullable Holding holding) {
    Holding before = holding == null ? held.remove(cid) : held.put(cid, holding);
    digest = before == null ? digest : digest.without(before);
    digest = holding == null ? digest : digest.with(holding);
    full &= held.size() >= most;
    version++;
    if (listening) {
      waiting.put(cid, Optional.ofNullable(holding));
      changed.signalAll();
    }
  }

  /** The holding with that root, or null. */
  public @Nullable Holding get(Cid cid) {
    lock.lock();
    try {
      return held.get(cid.toV1());
    } finally {
      lock.unlock();
    }
  }

  /** Whether every block below this CID is known to be here. */
  public boolean isComplete(Cid cid) {
    Holding holding = get(cid);
    return holding != null && holding.complete();
  }

  /** Everything, and from now on changes are kept for {@link #next}. */
  public Changes listen() {
    lock.lock();
    try {
      listening = true;
      waiting.clear();
      return new Changes(List.copyOf(held.values()), List.of(), version, digest.toString());
    } finally {
      lock.unlock();
    }
  }

  /** Nobody listens any more; changes are not kept. */
  public void stopListening() {
    lock.lock();
    try {
      listening = false;
      waiting.clear();
      told.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The next changes, at most one announcement full; empty when none came in time. */
  public Changes next(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = patience.toNanos();
      while (waiting.isEmpty() && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      List<Holding> added = new ArrayList<>();
      List<Cid> removed = new ArrayList<>();
      Iterator<Map.Entry<Cid, Optional<Holding>>> entries = waiting.entrySet().iterator();
      while (entries.hasNext() && added.size() + removed.size() < Announcement.MAX_HOLDINGS) {
        Map.Entry<Cid, Optional<Holding>> entry = entries.next();
        entry.getValue().ifPresentOrElse(added::add, () -> removed.add(entry.getKey()));
        entries.remove();
      }
      boolean all = waiting.isEmpty();
      return new Changes(
          added, removed, all ? version : toldVersion, all ? digest.toString() : null);
    } finally {
      lock.unlock();
    }
  }

  /** The gateway knows these changes. */
  public void told(Changes changes) {
    lock.lock();
    try {
      toldVersion = Math.max(toldVersion, changes.version());
      told.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the gateway knows all that has changed up to now.
   *
   * @return false when nobody listens, or it took longer than the patience
   */
  public boolean awaitTold(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long wanted = version;
      long nanos = patience.toNanos();
      while (toldVersion < wanted) {
        if (nanos <= 0 || !listening) {
          return false;
        }
        nanos = told.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** How many DAGs are kept as roots. */
  public long roots() {
    lock.lock();
    try {
      return held.values().stream().filter(h -> h.kind() == HoldingKind.ROOT).count();
    } finally {
      lock.unlock();
    }
  }
}
