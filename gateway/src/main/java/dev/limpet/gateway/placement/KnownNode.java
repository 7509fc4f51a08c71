package dev.limpet.gateway.placement;

import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeInfo;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.PeerId;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A node that has joined at some time. One object for each name for as long as the gateway knows
 * it, so that what it held keeps naming it when it is away.
 *
 * <p>Calls read this on event loops while announcements change it on others: every field is
 * volatile or atomic, and no two of them need to agree.
 */
public final class KnownNode {
  private final String name;
  private final PeerId peerId;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong roots = new AtomicLong();
  private final AtomicLong rootBytes = new AtomicLong();
  private volatile URI url;
  private volatile NodeState state = NodeState.AWAY;
  private volatile Instant lastSeen;
  private volatile Load load = Load.IDLE;
  private volatile @Nullable NodeLink link;

  KnownNode(String name, PeerId peerId, URI url, Instant lastSeen) {
    this.name = name;
    this.peerId = peerId;
    this.url = url;
    this.lastSeen = lastSeen;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Whose name that is. */
  public PeerId peerId() {
    return peerId;
  }

  /** What the gateway thinks of it. */
  public NodeState state() {
    return state;
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
    return state == NodeState.READY && link != null;
  }

  /** Calls that this gateway has sent to it and that have not ended. */
  public int inFlight() {
    return inFlight.get();
  }

  /** A call goes there; {@link #callEnded} must follow. */
  public void callStarted() {
    inFlight.incrementAndGet();
  }

  /** A call has ended there, or is no longer waited for. */
  public void callEnded() {
    inFlight.decrementAndGet();
  }

  /** How busy it said it is. */
  public Load load() {
    return load;
  }

  /** As lists show it. */
  public NodeInfo toInfo() {
    return new NodeInfo(
        name, url, peerId, state, roots.get(), rootBytes.get(), load.running(), lastSeen);
  }

  void joined(NodeLink newLink, Instant now) {
    url = newLink.url();
    link = newLink;
    load = Load.IDLE;
    lastSeen = now;
    state = NodeState.READY;
  }

  void heard(Instant now, Load newLoad) {
    lastSeen = now;
    load = newLoad;
    state = NodeState.READY;
  }

  void leaves(NodeState newState) {
    state = newState;
    load = Load.IDLE;
  }

  void countRoot(int roots, long bytes) {
    this.roots.addAndGet(roots);
    this.rootBytes.addAndGet(bytes);
  }

  @Override
  public String toString() {
    return "KnownNode[" + name + " " + state + "]";
  }
}
