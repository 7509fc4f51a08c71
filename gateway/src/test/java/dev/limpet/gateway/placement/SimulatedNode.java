package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Load;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A node of the simulation: what it holds, whether it runs, and how it announces, as nodes do: what
 * was not answered is said again, a gap is followed by a snapshot, a lost session by a new one.
 */
final class SimulatedNode {
  static final long DATA_BYTES = 1 << 20;

  final String name;
  final TreeSet<Cid> holds = new TreeSet<>();
  boolean runs = true;
  boolean cut;

  /** What it announces besides what it holds. */
  final TreeSet<Cid> lies = new TreeSet<>();

  /** What it announced at some time without holding it. */
  final TreeSet<Cid> lied = new TreeSet<>();

  /** Whether it gives other bytes for what it lacks, instead of saying that it lacks it. */
  boolean forges;

  /** Whether each call to it breaks off after it was read. */
  boolean breaks;

  private final FakeNodes nodes;
  private final Random random;
  private @Nullable String session;
  private long sequence;
  private @Nullable Announcement unanswered;
  private TreeSet<Cid> told = new TreeSet<>();

  SimulatedNode(String name, FakeNodes nodes, Random random) {
    this.name = name;
    this.nodes = nodes;
    this.random = random;
  }

  /** The process ends, and forgets what it knew of the gateway. */
  void crash() {
    runs = false;
    session = null;
    unanswered = null;
  }

  /** Says what is new; {@code loss} of all requests and answers do not arrive. */
  void announce(double loss) {
    for (int exchange = 0; runs && !cut && exchange < 3; exchange++) {
      if (random.nextDouble() < loss) {
        return;
      }
      if (session == null) {
        nodes.join(name);
        session = nodes.welcome(name).session();
        sequence = 0;
        unanswered = snapshot();
      } else if (unanswered == null) {
        unanswered = news();
      }
      try {
        Announcement said = unanswered;
        nodes.send(name, said);
        if (random.nextDouble() >= loss) {
          unanswered = null;
        }
        return;
      } catch (LimpetException e) {
        if (e.problem().code() == ErrorCode.UNKNOWN_SESSION) {
          session = null;
        } else {
          unanswered = snapshot();
        }
      }
    }
  }

  private TreeSet<Cid> said() {
    TreeSet<Cid> said = new TreeSet<>(holds);
    said.addAll(lies);
    return said;
  }

  /** What comes of asking it for a random block. */
  Proofs.Finding asked(Cid root) {
    if (!runs || cut) {
      return Proofs.Finding.UNANSWERED;
    }
    if (holds.contains(root)) {
      return Proofs.Finding.SHOWN;
    }
    return forges ? Proofs.Finding.WRONG : Proofs.Finding.MISSING;
  }

  private Announcement snapshot() {
    told = said();
    return next(AnnouncementKind.SNAPSHOT, told, List.of());
  }

  private Announcement news() {
    TreeSet<Cid> now = said();
    TreeSet<Cid> added = new TreeSet<>(now);
    added.removeAll(told);
    TreeSet<Cid> removed = new TreeSet<>(told);
    removed.removeAll(now);
    told = now;
    boolean same = added.isEmpty() && removed.isEmpty();
    return next(
        same ? AnnouncementKind.HEARTBEAT : AnnouncementKind.DELTA, added, List.copyOf(removed));
  }

  private Announcement next(AnnouncementKind kind, TreeSet<Cid> added, List<Cid> removed) {
    List<Holding> holdings =
        added.stream().map(cid -> FakeNodes.root(cid, DATA_BYTES, true)).toList();
    return new Announcement(
        String.valueOf(session), ++sequence, kind, true, holdings, removed, Load.IDLE, null);
  }
}
