package dev.limpet.gateway.placement;

import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.JoinClaim;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.PeerId;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of this gateway: who may come in, who is here, who has gone.
 *
 * <p>Invariants. A name belongs to the key that first joined with it, across restarts. A node has
 * at most one session; joining again ends the one before, so of two processes with one identity the
 * later wins. What a node announces reaches the database before memory, and memory before the
 * answer. Joins and announcements block, and run on worker threads; {@link #tick} and the readers
 * do not.
 */
public final class NodeRegistry {
  /**
   * Nodes that are remembered, away ones too; with more, the one away for longest is forgotten.
   * They take two or three kilobytes each.
   */
  public static final int MAX_NODES = 10_000;

  /** Nodes that wait to be approved: what a stranger with a join token can fill. */
  static final int MAX_PENDING_NODES = 64;

  /** A node that missed so many heartbeats is away: one lost packet does not move calls. */
  private static final int MISSED_HEARTBEATS = 3;

  /**
   * A node that is silent for one and a half heartbeats is asked last: one was missed, and not just
   * late.
   */
  private static final double SUSPECT_HEARTBEATS = 1.5;

  private static final System.Logger LOG = System.getLogger(NodeRegistry.class.getName());

  private final KnownRoots remembered;
  private final HolderIndex index;
  private final Duration heartbeat;
  private final Time time;
  private final JoinRules rules;
  private final Set<PeerId> revoked = ConcurrentHashMap.newKeySet();
  private volatile Consumer<KnownNode> revocation = _ -> {};
  private final Challenges challenges;
  private final Announcements announcements;
  private final Snapshots snapshots = new Snapshots();
  private final Map<String, KnownNode> nodes = new ConcurrentSkipListMap<>();
  private final Map<String, Session> sessionsByToken = new ConcurrentHashMap<>();
  private final Map<KnownNode, String> tokens = new ConcurrentHashMap<>();
  private volatile NodeRing ring;

  /** Is told what nodes announced, on a thread that may not wait. */
  @FunctionalInterface
  public interface Listener {
    /** A member announced these, which are in the index now. */
    void added(KnownNode node, List<Holding> holdings);
  }

  /** Starts with what is remembered: all nodes away. */
  public NodeRegistry(
      KnownRoots remembered, HolderIndex index, Duration heartbeat, JoinRules rules, Time time) {
    this.rules = rules;
    this.remembered = remembered;
    this.index = index;
    this.heartbeat = heartbeat;
    this.time = time;
    this.challenges = new Challenges(time);
    this.announcements = new Announcements(remembered, index, time);
    for (KnownRoots.Remembered node : remembered.nodes()) {
      nodes.put(
          node.name(),
          new KnownNode(node.name(), node.peerId(), node.url(), time, node.standing())
              .seenAt(node.lastSeen()));
    }
    ring = NodeRing.of(nodes.values());
    revoked.addAll(remembered.revokedKeys());
    for (KnownRoots.RememberedRoot root : remembered.roots()) {
      KnownNode node = nodes.get(root.node());
      if (node != null) {
        index.put(node, root.holding());
      }
    }
  }

  /** All nodes, by name. */
  public List<KnownNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** The same without a copy; only to be read. */
  public Collection<KnownNode> byName() {
    return nodes.values();
  }

  /** The same for those who look at some of them. */
  NodeRing ring() {
    return ring;
  }

  /** From now on {@code listener} hears of what nodes announce. */
  public void listen(Listener listener) {
    announcements.listen(listener);
  }

  /** The node of that name, or null. */
  public @Nullable KnownNode find(String name) {
    return nodes.get(name);
  }

  /** The node that was given this token when it joined; null for any other text. */
  public @Nullable KnownNode byToken(String nodeToken) {
    Session session = sessionsByToken.get(Secrets.digest(nodeToken));
    return session == null ? null : session.node();
  }

  /** A nonce to sign. */
  public Challenge challenge() {
    return challenges.next();
  }

  /**
   * Lets a node in, or lets it wait for somebody to approve it.
   *
   * @param overLoopback whether the request came over loopback
   * @throws LimpetException {@code challenge-expired}, {@code bad-signature}, {@code node-revoked},
   *     {@code node-name-taken}, {@code not-supported} for a newer wire, {@code forbidden} or
   *     {@code bad-request} for a URL that cannot be used
   */
  public NodeWelcome join(NodeJoin join, boolean overLoopback) {
    if (join.wire() > NodeJoin.WIRE) {
      throw new LimpetException(
          ErrorCode.NOT_SUPPORTED,
          "the node speaks version "
              + join.wire()
              + " of the protocol and this gateway "
              + NodeJoin.WIRE
              + "; update the gateway first");
    }
    if (!challenges.take(join.nonce())) {
      throw new LimpetException(
          ErrorCode.CHALLENGE_EXPIRED, "this nonce was used or is too old; ask for a new one");
    }
    if (!JoinClaim.of(join).isSignedBy(join.peerId(), join.signature())) {
      throw new LimpetException(
          ErrorCode.BAD_SIGNATURE, "the signature is not one of " + join.peerId());
    }
    return signed(join, overLoopback);
  }

  /** Lets in who has proved to have the key. */
  NodeWelcome signed(NodeJoin join, boolean overLoopback) {
    return admit(join, NodeLink.to(join, rules.dial().resolve(join.url(), overLoopback)));
  }

  private synchronized NodeWelcome admit(NodeJoin join, NodeLink link) {
    if (revoked.contains(join.peerId())) {
      throw new LimpetException(
          ErrorCode.NODE_REVOKED, "the key of this node was revoked; ask who runs the gateway");
    }
    KnownNode node = nodes.get(join.name());
    if (node != null && !node.peerId().equals(join.peerId())) {
      throw new LimpetException(
          ErrorCode.NODE_NAME_TAKEN,
          "the name "
              + join.name()
              + " belongs to "
              + node.peerId()
              + "; start this node with another --name");
    }
    if (node == null) {
      Standing standing = rules.byHand() ? Standing.PENDING : Standing.APPROVED;
      makeRoom(standing);
      node = new KnownNode(join.name(), join.peerId(), join.url(), time, standing);
    }
    remembered.saveNode(node, join.url());
    if (nodes.put(node.name(), node) == null) {
      ring = ring.with(node);
    }
    return open(node, link);
  }

  private NodeWelcome open(KnownNode node, NodeLink link) {
    String token = Secrets.token();
    Session session = new Session(Secrets.token(), node, snapshots, time.ticks());
    String digest = Secrets.digest(token);
    endSession(node);
    tokens.put(node, digest);
    sessionsByToken.put(digest, session);
    node.joined(link, rules.calls(), time.now());
    index.arrived();
    LOG.log(Level.INFO, "node {0} joined from {1}", node.name(), link.url());
    return new NodeWelcome(session.id(), token, Math.toIntExact(heartbeat.toMillis()), node.name());
  }

  /** The node that is away for longest makes room for a new one. */
  private void makeRoom(Standing newcomer) {
    if (newcomer == Standing.PENDING && pending() >= MAX_PENDING_NODES) {
      throw new LimpetException(
          ErrorCode.OVERLOADED,
          MAX_PENDING_NODES + " nodes wait to be approved here; approve or remove some first");
    }
    if (nodes.size() < MAX_NODES) {
      return;
    }
    KnownNode oldest =
        nodes.values().stream()
            .filter(node -> !node.isHere())
            .min(Comparator.comparing(KnownNode::isMember).thenComparing(KnownNode::lastSeen))
            .orElseThrow(
                () ->
                    new LimpetException(
                        ErrorCode.OVERLOADED,
                        "this gateway has " + MAX_NODES + " nodes that are all here"));
    LOG.log(Level.WARNING, "node {0} is forgotten to make room", oldest.name());
    forget(oldest);
  }

  private long pending() {
    return nodes.values().stream().filter(node -> node.standing() == Standing.PENDING).count();
  }

  private void forget(KnownNode node) {
    endSession(node); // first: what it announces meanwhile would be remembered
    remembered.removeNode(node.name());
    nodes.remove(node.name());
    ring = ring.without(node);
    node.leaves(NodeState.GONE);
    index.forget(node);
  }

  /** After this no announcement of the node's session counts. */
  private void endSession(KnownNode node) {
    String token = tokens.remove(node);
    Session session = token == null ? null : sessionsByToken.remove(token);
    if (session != null) {
      session.end();
    }
  }

  /**
   * Lets a node have calls: one that waits, drains, or was revoked; and believes what it announces.
   *
   * @throws LimpetException {@code node-not-found}
   */
  public synchronized KnownNode approve(String name) {
    KnownNode node = known(name);
    Standing before = node.standing();
    remembered.saveStanding(node, Standing.APPROVED);
    node.credit().reset();
    revoked.remove(node.peerId());
    String token = tokens.get(node);
    Session session = token == null ? null : sessionsByToken.get(token);
    if (before != Standing.PENDING || session == null) {
      node.stand(Standing.APPROVED);
      return node;
    }
    session.lock().lock();
    try {
      node.stand(Standing.APPROVED);
      session.beginAgain("its snapshot began before the node was approved");
    } finally {
      session.lock().unlock();
    }
    return node;
  }

  /**
   * Gives a node no more calls; those that it has go on.
   *
   * @throws LimpetException {@code node-not-found}, or {@code bad-request} when it gets none anyway
   */
  public synchronized KnownNode drain(String name) {
    KnownNode node = known(name);
    if (!node.isMember()) {
      throw new LimpetException(
          ErrorCode.BAD_REQUEST,
          name + " is " + node.standing().text() + " and gets no calls; approve it first");
    }
    remembered.saveStanding(node, Standing.DRAINING);
    node.stand(Standing.DRAINING);
    return node;
  }

  /** Runs this for each node that is revoked from now on. */
  public void whenRevoked(Consumer<KnownNode> then) {
    revocation = then;
  }

  /**
   * Throws a node out: its session ends, what it held is forgotten, its key is refused from now on.
   *
   * @throws LimpetException {@code node-not-found}
   */
  public synchronized KnownNode revoke(String name) {
    return revoke(known(name));
  }

  /** The same when the node of that name has this key; false when there is none such. */
  public synchronized boolean revoke(String name, PeerId key) {
    KnownNode node = nodes.get(name);
    if (node == null || !node.peerId().equals(key)) {
      return false;
    }
    revoke(node);
    return true;
  }

  private KnownNode revoke(KnownNode node) {
    endSession(node); // first: what it announces meanwhile would be remembered
    remembered.revoke(node, time.now());
    revoked.add(node.peerId());
    node.stand(Standing.REVOKED);
    node.leaves(NodeState.AWAY);
    index.forget(node);
    revocation.accept(node);
    return node;
  }

  /**
   * Forgets a node, its name and what it held. One that runs on may join again as a new one; a key
   * that was revoked stays so.
   *
   * @throws LimpetException {@code node-not-found}
   */
  public synchronized void remove(String name) {
    forget(known(name));
  }

  private KnownNode known(String name) {
    KnownNode node = nodes.get(name);
    if (node == null) {
      throw new LimpetException(ErrorCode.NODE_NOT_FOUND, "no node of that name ever joined");
    }
    return node;
  }

  /**
   * Takes what a node says about itself.
   *
   * @param name the node that the request names; must be the one of the token
   * @throws LimpetException {@code unknown-session}, {@code resync}, or {@code overloaded} for a
   *     page of a snapshot that must be sent again later
   */
  public void announce(String name, String nodeToken, Announcement said) {
    Session session = session(name, nodeToken, said);
    session.lock().lock();
    try {
      announcements.apply(session, said);
    } finally {
      session.lock().unlock();
    }
  }

  /**
   * Takes a heartbeat without waiting for anything, neither the database nor an announcement of the
   * same node that is being applied.
   *
   * @return false when it would have to wait: then it is for {@link #announce}
   * @throws LimpetException as there
   */
  public boolean beats(String name, String nodeToken, Announcement said) {
    if (said.kind() != AnnouncementKind.HEARTBEAT) {
      return false;
    }
    Session session = session(name, nodeToken, said);
    if (!session.lock().tryLock()) {
      return false;
    }
    try {
      announcements.apply(session, said);
    } finally {
      session.lock().unlock();
    }
    return true;
  }

  /** A node that is away has answered what it was asked: it is here, and is asked last. */
  public void answered(KnownNode node) {
    String token = tokens.get(node);
    Session session = token == null ? null : sessionsByToken.get(token);
    if (session != null) {
      session.answered(time.ticks());
      if (node.answered(time.now())) {
        index.arrived();
      }
    }
  }

  Session session(String name, String nodeToken, Announcement said) {
    Session session = sessionsByToken.get(Secrets.digest(nodeToken));
    if (session == null
        || !session.node().name().equals(name)
        || !session.id().equals(said.session())) {
      throw new LimpetException(
          ErrorCode.UNKNOWN_SESSION, "this gateway does not know the session; join again");
    }
    return session;
  }

  /** Finds nodes that were not heard of for too long; called twice a heartbeat. */
  public void tick() {
    long longest = MISSED_HEARTBEATS * heartbeat.toNanos();
    long suspicious = (long) (SUSPECT_HEARTBEATS * heartbeat.toNanos());
    for (Session session : sessionsByToken.values()) {
      String late = session.expirePages(time.ticks(), longest);
      if (late != null) {
        LOG.log(Level.WARNING, "node {0} must begin again: {1}", session.node().name(), late);
      }
      long silent = time.ticks() - session.heardAtTicks();
      if (silent > suspicious) {
        session.node().suspect();
      }
      if (session.node().credit().expire(time.ticks())) {
        LOG.log(Level.INFO, "node {0} is believed again", session.node().name());
      }
      boolean again = session.aliveAtTicks() != session.heardAtTicks(); // it was away, and answered
      if (session.node().isHere() && time.ticks() - session.aliveAtTicks() > longest) {
        session.node().leaves(NodeState.AWAY);
        LOG.log(
            again ? Level.DEBUG : Level.WARNING,
            "node {0} was not heard of for {1} ms",
            session.node().name(),
            TimeUnit.NANOSECONDS.toMillis(silent));
      }
    }
  }
}
