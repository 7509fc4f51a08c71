package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeState;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What announcements change: the database first, then the index, then what is known of the node.
 * Under the lock of the session; only a heartbeat never waits for the disk.
 */
final class Announcements {
  /** Holdings of one node's snapshot, at some 200 bytes each while its pages come in. */
  static final int MAX_SNAPSHOT = 200_000;

  private static final System.Logger LOG = System.getLogger(NodeRegistry.class.getName());

  private final KnownRoots remembered;
  private final HolderIndex index;
  private final Time time;
  private volatile NodeRegistry.Listener announced = (_, _) -> {};

  Announcements(KnownRoots remembered, HolderIndex index, Time time) {
    this.remembered = remembered;
    this.index = index;
    this.time = time;
  }

  /** From now on {@code listener} hears of what nodes announce. */
  void listen(NodeRegistry.Listener listener) {
    announced = listener;
  }

  /**
   * Applies the next one of a session.
   *
   * @throws LimpetException {@code unknown-session}, {@code resync} or {@code overloaded}
   */
  void apply(Session session, Announcement said) {
    if (session.hasEnded()) {
      throw new LimpetException(ErrorCode.UNKNOWN_SESSION, "the session has ended; join again");
    }
    boolean counts = session.node().isMember();
    int most = counts ? Math.min(MAX_SNAPSHOT, index.maxEntries()) : 0;
    List<Holding> whole = session.accept(said, time.ticks(), most);
    apply(session, said, whole);
    compare(session, said);
  }

  private void apply(Session session, Announcement said, @Nullable List<Holding> whole) {
    KnownNode node = session.node();
    switch (said.kind()) {
      case SNAPSHOT -> {
        if (whole != null && node.isMember()) {
          remembered.replace(node, whole);
          index.replace(node, whole, session.keepsProofs());
          announced.added(node, whole);
        }
      }
      case DELTA -> {
        if (node.isMember()) {
          change(node, said);
        }
      }
      case HEARTBEAT -> {}
      case GOODBYE -> {
        node.leaves(NodeState.GONE);
        remembered.saveNode(node, node.toInfo().url());
        LOG.log(Level.INFO, "node {0} says goodbye", node.name());
        return;
      }
    }
    if (node.heard(time.now(), said.load())) {
      index.arrived();
    }
  }

  /**
   * Asks for everything again when a node has something else than what is known of it. One whose
   * snapshot comes to something else than it says itself is not asked: it would be for ever.
   */
  private void compare(Session session, Announcement said) {
    KnownNode node = session.node();
    String digest = said.digest();
    if (digest == null || !said.last() || !node.isMember() || index.agrees(node, digest)) {
      return;
    }
    if (said.kind() == AnnouncementKind.SNAPSHOT) {
      LOG.log(Level.WARNING, "the snapshot of node {0} is not what it says", node.name());
      session.trustNoDigest();
    } else if (session.trustsDigests()) {
      LOG.log(Level.WARNING, "node {0} has something else than is known here", node.name());
      session.requireSnapshot();
      throw new LimpetException(
          ErrorCode.RESYNC, "what is known here of this node is not what it has; send everything");
    }
  }

  private void change(KnownNode node, Announcement said) {
    remembered.change(node, said.added(), said.removed());
    said.added().forEach(holding -> index.put(node, holding));
    announced.added(node, said.added());
    for (Cid removed : said.removed()) {
      index.remove(node, removed);
    }
  }
}
