package dev.limpet.gateway.placement;

import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.LimpetException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One membership of a node, from a join to the next. Puts the announcements of the session into
 * their order; what they change is done by the {@link NodeRegistry}, under its lock.
 *
 * <p>Sequence numbers count from 1 without gaps. The number that came last may come again: its
 * answer was lost on the way, and announcements may be applied twice. A snapshot may start at any
 * later number, because it replaces what was missed; its further pages follow without gaps. Until a
 * session has had its first snapshot nothing else but a heartbeat is understood.
 */
final class Session {
  /**
   * From the first page of a snapshot to its last, without the time in which a page found no room:
   * 40 MB at 70 kB/s.
   */
  static final Duration MAX_SNAPSHOT_TIME = Duration.ofMinutes(10);

  private final String id;
  private final KnownNode node;
  private final ReentrantLock lock = new ReentrantLock();
  private long lastSequence;
  private volatile long heardAtTicks;
  private volatile long answeredAtTicks;
  private boolean synced;
  private boolean ended;
  private boolean wanted;
  private boolean digests = true;
  private boolean showed;
  private boolean open;
  private @Nullable String cut;
  private long pagedAtTicks;
  private long beganAtTicks;
  private boolean waits;
  private long waitsSinceTicks;
  private final Snapshots snapshots;

  Session(String id, KnownNode node, Snapshots snapshots, long nowTicks) {
    this.id = id;
    this.node = node;
    this.snapshots = snapshots;
    this.heardAtTicks = nowTicks;
    this.answeredAtTicks = nowTicks;
  }

  String id() {
    return id;
  }

  KnownNode node() {
    return node;
  }

  /** Held while an announcement is applied, which may take as long as the disk does. */
  ReentrantLock lock() {
    return lock;
  }

  /** Nothing of this session counts any more. */
  void end() {
    lock.lock();
    try {
      ended = true;
      snapshots.drop(this);
    } finally {
      lock.unlock();
    }
  }

  /** Whether it counts no more; under the lock. */
  boolean hasEnded() {
    return ended;
  }

  /**
   * What was announced until now did not count: asks for a snapshot, unless one is on its way.
   * Under the lock.
   */
  void requireSnapshot() {
    wanted = !open;
  }

  /**
   * What was announced until now did not count, nor what is on its way. Under the lock.
   *
   * @param why the node's owner is told when pages of it had come
   */
  void beginAgain(String why) {
    cut = open ? why : null;
    wanted = !open;
    close();
  }

  /**
   * Gives up a snapshot that had no page for {@code most}, whatever else the node said meanwhile,
   * or that takes longer than {@link #MAX_SNAPSHOT_TIME}: others wait for the room, and what the
   * node lost is believed until then. While an announcement is being applied nothing is given up.
   *
   * @return why it was; null when it was not
   */
  @Nullable String expirePages(long nowTicks, long most) {
    if (!lock.tryLock()) {
      return null;
    }
    try {
      String why = open ? late(nowTicks, most) : null;
      if (why != null) {
        beginAgain(why);
      }
      return why;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable String late(long nowTicks, long most) {
    if (nowTicks - pagedAtTicks > most) {
      return "its snapshot did not go on";
    }
    return !waits && nowTicks - beganAtTicks > MAX_SNAPSHOT_TIME.toNanos()
        ? "its snapshot took longer than " + MAX_SNAPSHOT_TIME.toMinutes() + " minutes"
        : null;
  }

  /** The pages that came are given up. */
  private void close() {
    open = false;
    snapshots.drop(this);
  }

  /** Whether what the node says that all it has comes to can be used. */
  boolean trustsDigests() {
    return digests;
  }

  /** It cannot. */
  void trustNoDigest() {
    digests = false;
  }

  /**
   * Whether what the node has shown until now still counts with the snapshot that has come: not
   * with the first one, for who joins may have lost what it had.
   */
  boolean keepsProofs() {
    boolean before = showed;
    showed = true;
    return before;
  }

  /** When the node last said something. */
  long heardAtTicks() {
    return heardAtTicks;
  }

  /** When it last said something, or answered what it was asked after it had gone silent. */
  long aliveAtTicks() {
    return heardAtTicks - answeredAtTicks > 0 ? heardAtTicks : answeredAtTicks;
  }

  /** It is silent, and answers. */
  void answered(long nowTicks) {
    answeredAtTicks = nowTicks;
  }

  /**
   * Takes the next announcement.
   *
   * @return for the last page of a snapshot all of its holdings; null for everything else
   * @throws LimpetException {@code resync} when one before it is missing, {@code overloaded} when a
   *     page must come again later
   */
  @Nullable List<Holding> accept(Announcement next, long nowTicks, int maxHoldings) {
    heardAtTicks = nowTicks;
    boolean snapshot = next.kind() == AnnouncementKind.SNAPSHOT;
    boolean repeats = next.sequence() == lastSequence;
    boolean follows = next.sequence() == lastSequence + 1;
    boolean starts = snapshot && !open && next.sequence() > lastSequence;
    boolean free = next.kind() == AnnouncementKind.GOODBYE;
    if (!(repeats || follows || starts || free)) {
      close();
      throw missing(next);
    }
    if (free) {
      close(); // pages of a snapshot that will not end would keep others from theirs
    }
    String why = cut;
    if (why != null && !free) {
      cut = null;
      synced = false;
      throw new LimpetException(
          ErrorCode.RESYNC, why + " and was given up; send a snapshot of everything");
    }
    if (wanted && !snapshot && !free) {
      synced = false;
      throw missing(next);
    }
    if (snapshot && (!open || !(repeats || next.added().isEmpty()))) {
      pagedAtTicks = nowTicks; // also for a page that finds no room, and will come again
    }
    if (snapshot && !open) {
      beganAtTicks = nowTicks;
      waits = false;
    }
    List<Holding> whole = snapshot ? page(next, repeats, maxHoldings) : null;
    goesOn(nowTicks);
    wanted = false;
    lastSequence = Math.max(lastSequence, next.sequence());
    if (next.kind() == AnnouncementKind.DELTA && !synced) {
      throw missing(next);
    }
    return whole;
  }

  private @Nullable List<Holding> page(Announcement next, boolean repeats, int maxHoldings) {
    boolean begins = !open;
    if (begins) {
      if (repeats && synced) {
        return null;
      }
      if (next.last()) { // nothing has to be kept for it
        synced = true;
        return first(next.added(), maxHoldings);
      }
      open = true;
    }
    int kept = snapshots.size(this);
    if (!repeats || kept == 0) {
      try {
        snapshots.add(this, first(next.added(), maxHoldings - kept));
      } catch (LimpetException e) {
        if (begins) { // so that the same page may begin it later
          open = false;
        } else if (!waits) {
          waits = true;
          waitsSinceTicks = heardAtTicks;
        }
        throw e;
      }
    }
    if (!next.last()) {
      return null;
    }
    open = false;
    synced = true;
    return snapshots.end(this);
  }

  /** A page was taken: how long it waited for room is not its node's fault. */
  private void goesOn(long nowTicks) {
    if (waits) {
      waits = false;
      beganAtTicks += nowTicks - waitsSinceTicks;
    }
  }

  private static List<Holding> first(List<Holding> holdings, int most) {
    return holdings.subList(0, Math.clamp(most, 0, holdings.size()));
  }

  private LimpetException missing(Announcement next) {
    return new LimpetException(
        ErrorCode.RESYNC,
        "announcement "
            + next.sequence()
            + " came after "
            + lastSequence
            + "; send a snapshot of everything");
  }
}
