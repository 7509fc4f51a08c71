package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.AdaptiveLimit;
import dev.limpet.gateway.admission.Circuit;
import dev.limpet.gateway.admission.NodeGate;
import dev.limpet.gateway.memo.Keepers;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeInfo;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.Problem;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node that has joined at some time. One object for each name for as long as the gateway knows
 * it, so that what it held keeps naming it when it is away.
 *
 * <p>Calls read this on event loops while announcements change it on others: every field is
 * volatile or atomic, and no two of them need to agree.
 */
public final class KnownNode {
  /** Calls besides those of this gateway that a node may say it has; more changes nothing. */
  static final int MAX_OTHER_CALLS = 1 << 16;

  private final String name;
  private final PeerId peerId;
  private final int mark;
  private final NodeGate gate = new NodeGate(new AdaptiveLimit.Bounds(1, 1));
  private final Circuit circuit;
  private final Pace pace = new Pace();
  private final Warmth warmth = new Warmth();
  private final Credit credit = new Credit();
  private volatile int others;
  private volatile URI url;
  private volatile NodeState presence = NodeState.AWAY;
  private volatile Standing standing;
  private volatile Instant lastSeen;
  private volatile Load load = Load.IDLE;
  private volatile @Nullable NodeLink link;
  private volatile long roots;
  private volatile long rootBytes;
  private volatile int failedRoots;
  private volatile int copies;
  private volatile int announcements;

  /** One that is seen now for the first time. */
  KnownNode(String name, PeerId peerId, URI url, Time time, Standing standing) {
    this.circuit = new Circuit(time.nanos());
    this.standing = standing;
    this.name = name;
    this.peerId = peerId;
    this.mark = Keepers.mark(peerId);
    this.url = url;
    this.lastSeen = time.now();
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Whose name that is. */
  public PeerId peerId() {
    return peerId;
  }

  /** What stands for it where it is remembered who keeps an answer. */
  public int mark() {
    return mark;
  }

  /** What the gateway thinks of it. */
  public NodeState state() {
    return switch (standing) {
      case PENDING -> NodeState.PENDING;
      case REVOKED -> NodeState.REVOKED;
      case DRAINING -> isHere() ? NodeState.DRAINING : presence;
      case APPROVED -> presence;
    };
  }

  /** Whether it was thrown out. */
  public boolean isRevoked() {
    return standing == Standing.REVOKED;
  }

  /** What people decided about it. */
  Standing standing() {
    return standing;
  }

  /** People decide. */
  void stand(Standing newStanding) {
    standing = newStanding;
  }

  /** Whether it missed a heartbeat: it may be gone, and is asked last. */
  public boolean isSuspect() {
    return presence == NodeState.SUSPECT;
  }

  /** Whether it was heard of lately, whatever it may do. */
  boolean isHere() {
    return presence == NodeState.READY || presence == NodeState.SUSPECT;
  }

  /** When it was last heard of. */
  public Instant lastSeen() {
    return lastSeen;
  }

  /** How to reach it; null until it joins this process of the gateway. */
  public @Nullable NodeLink link() {
    return link;
  }

  /** Whether it may be sent a call now. */
  public boolean isReady() {
    return standing == Standing.APPROVED && isReadable();
  }

  /** Whether data that it has is worth asking it for now: as long as it drains, too. */
  public boolean isReadable() {
    return servesData() && unbelieved() == null && circuit.allows();
  }

  /** Whether it went silent without a goodbye, so that it may answer who asks it. */
  public boolean mayAnswer() {
    return isMember() && presence == NodeState.AWAY && link != null;
  }

  /** Why the certificate that it showed is not believed; null when it is, or it shows none. */
  public @Nullable String unbelieved() {
    NodeLink at = link;
    return at == null || !isHere() ? null : at.address().unbelieved();
  }

  /** Whether it can be asked for data now: as long as it drains, too. */
  public boolean servesData() {
    return isMember() && isHere() && link != null;
  }

  /** Whether somebody let it in, so that it may have what it asks for. */
  public boolean isMember() {
    return standing == Standing.APPROVED || standing == Standing.DRAINING;
  }

  /** Calls that this gateway has sent to it and that have not ended. */
  public int inFlight() {
    return gate.inFlight();
  }

  /** The calls that this gateway sends to it. */
  public NodeGate gate() {
    return gate;
  }

  /** Whether it is worth asking. */
  public Circuit circuit() {
    return circuit;
  }

  /** Copies that it announced: what it fetched for this gateway ahead of calls. */
  public int copies() {
    return copies;
  }

  /** How often it was heard of, whatever it said; only the difference of two means something. */
  int announcements() {
    return announcements;
  }

  /** Whether what it announces is believed. */
  public Credit credit() {
    return credit;
  }

  /** A call goes there, room or not; {@link #callEnded} must follow. */
  public void callStarted() {
    gate.enter();
  }

  /** A call has ended there, or is no longer waited for. */
  public void callEnded() {
    gate.leave();
  }

  /**
   * Calls that it has or that wait for it, as far as is known: those of this gateway, and those
   * that it said it has besides.
   */
  public int calls() {
    return gate.inFlight() + gate.waiting() + others;
  }

  /** How fast it has been of late. */
  public Pace pace() {
    return pace;
  }

  /** It has run or compiled a function, or is at it: nobody has it ready sooner. */
  public void warmed(Cid function) {
    warmth.add(function);
  }

  /** It does not have the function that it was thought to have soon. */
  public void cooled(Cid function) {
    warmth.remove(function);
  }

  /** Whether it has the function with this {@link Warmth#hash} ready, or soon. */
  boolean isWarm(int functionHash) {
    return warmth.has(functionHash);
  }

  /** As lists show it. */
  public NodeInfo toInfo() {
    NodeLink at = link;
    return new NodeInfo(
        name,
        url,
        peerId,
        state(),
        roots,
        rootBytes,
        load.running(),
        lastSeen,
        at == null ? Map.of() : at.terms().labels(),
        failedRoots,
        copies,
        !credit.isGood(),
        unbelieved());
  }

  /** As a problem names one that may have what is wanted. */
  public Problem.AwayHolder toAwayHolder() {
    return new Problem.AwayHolder(name, lastSeen);
  }

  /** It was seen before this process began. */
  KnownNode seenAt(Instant when) {
    lastSeen = when;
    return this;
  }

  void joined(NodeLink newLink, CallRoom room, Instant now) {
    gate.bounds(room.of(newLink));
    circuit.reset();
    url = newLink.url();
    link = newLink;
    load = Load.IDLE;
    others = 0;
    warmth.clear();
    lastSeen = now;
    presence = NodeState.READY;
  }

  /** It announced something; whether it was away before. */
  synchronized boolean heard(Instant now, Load newLoad) { // not between a silence and its effect
    boolean back = !isHere();
    announcements++;
    lastSeen = now;
    load = newLoad;
    // What it said is older than what is counted here, so it is held against the most of that time.
    long said = (long) newLoad.running() + newLoad.queued();
    others = Math.clamp(said - gate.takeMost(), 0, MAX_OTHER_CALLS);
    presence = NodeState.READY;
    return back;
  }

  /** It was silent for longer than it should be, if it is here at all. */
  synchronized void suspect() { // not between a goodbye and its effect
    if (presence == NodeState.READY) {
      presence = NodeState.SUSPECT;
    }
  }

  /** It answers; whether it was silent for too long before. */
  synchronized boolean answered(Instant now) { // not between a goodbye and its effect
    boolean back = presence == NodeState.AWAY;
    if (back) {
      lastSeen = now;
      presence = NodeState.SUSPECT;
    }
    return back;
  }

  /** It is {@code AWAY} or {@code GONE}. */
  synchronized void leaves(NodeState newPresence) {
    presence = newPresence;
    load = Load.IDLE;
    others = 0;
  }

  /** How many roots it announced, the bytes of their blocks, what it could not show, and copies. */
  void holds(long newRoots, long newRootBytes, int newFailedRoots, int newCopies) {
    copies = newCopies;
    roots = newRoots;
    rootBytes = newRootBytes;
    failedRoots = newFailedRoots;
  }

  @Override
  public String toString() {
    return "KnownNode[" + name + " " + state() + "]";
  }
}
