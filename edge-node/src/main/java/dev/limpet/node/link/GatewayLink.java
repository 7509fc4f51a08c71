package dev.limpet.node.link;

import dev.limpet.node.store.Holdings;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.JoinClaim;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.UnbelievedCertificateException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a node known to its gateway, on a thread of its own, for as long as the node runs.
 *
 * <p>The states, in their order: <b>away</b>, tries to join, each time after a longer wait;
 * <b>joined</b>, sends a snapshot of what is here; <b>told</b>, sends each change as it comes and a
 * heartbeat when none comes. What the gateway does not understand ({@code resync}) leads back to
 * the snapshot; a session that it does not know, or no answer at all, to joining. Nothing that the
 * node does for its owner waits for any of it.
 */
public final class GatewayLink implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GatewayLink.class.getName());

  /** Whatever a gateway asks for, not more often and not more rarely than this. */
  private static final Duration SHORTEST_BEAT = Duration.ofMillis(50);

  private static final Duration LONGEST_BEAT = Duration.ofMinutes(1);
  private static final Holdings.Changes NOTHING =
      new Holdings.Changes(List.of(), List.of(), 0, null);
  private static final Duration STOP_TIME = Duration.ofSeconds(3);

  private final Self self;
  private final Holdings holdings;
  private final Supplier<Load> load;
  private final GatewayClient client;
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final Thread thread = Thread.ofVirtual().name("limpet-link").unstarted(this::run);
  private final SessionToken token = new SessionToken();
  private volatile @Nullable NodeWelcome welcome;
  private volatile @Nullable NodeState state;
  private volatile @Nullable String unbelieved;
  private final CountDownLatch stop = new CountDownLatch(1);
  private long sequence;
  private @Nullable String lastFailure;

  /**
   * Who joins where.
   *
   * @param gateway base URL
   * @param authorities whom to believe there, or null for those whom the machine believes
   * @param joinToken what it wants from nodes that join, or null
   * @param identity the key of this node
   * @param name what it wants to be called
   * @param url where it is reached
   * @param linkToken what the gateway shall present to it
   * @param capacity what it can take
   * @param version what it runs
   * @param labels what its owner says about it
   * @param functions which functions it accepts; empty for all
   */
  public record Self(
      URI gateway,
      Authorities authorities,
      @Nullable String joinToken,
      NodeIdentity identity,
      String name,
      Advertised url,
      String linkToken,
      Capacity capacity,
      String version,
      Map<String, String> labels,
      List<String> functions) {
    /** Without the tokens. */
    @Override
    public String toString() {
      return "Self[name=" + name + ", gateway=" + gateway + "]";
    }
  }

  /** A link that does nothing yet. */
  public GatewayLink(Self self, Holdings holdings, Supplier<Load> load) {
    this.self = self;
    this.holdings = holdings;
    this.load = load;
    this.client = new GatewayClient(self.gateway(), self.authorities());
  }

  /** Begins to join. */
  public void start() {
    thread.start();
  }

  /** Whether the gateway has let this node in, was told what is here, and answered since. */
  public boolean isJoined() {
    return welcome != null;
  }

  /**
   * What this node presented last, joined or not, or will present: see {@link
   * dev.limpet.node.invoke.GatewayDoor.Tokens#newest}.
   */
  public @Nullable String newestToken(@Nullable String refused, Duration patience)
      throws InterruptedException {
    return token.newest(refused, patience);
  }

  /** What this node presents to the gateway, or null while it has not joined. */
  public @Nullable String nodeToken() {
    NodeWelcome joined = welcome;
    return joined == null ? null : joined.nodeToken();
  }

  /** What the gateway thinks of this node; null while it has not joined or did not say. */
  public @Nullable NodeState state() {
    return state;
  }

  /** Why the certificate that the gateway shows is not believed; null when that is not so. */
  public @Nullable String unbelieved() {
    return unbelieved;
  }

  private void run() {
    while (stop.getCount() > 0) {
      try {
        NodeWelcome joined = join();
        token.begins(joined.nodeToken());
        unbelieved = null;
        member(joined);
      } catch (InterruptedException e) {
        break; // only the end of the node interrupts this thread
      } catch (IOException | RuntimeException e) {
        failed(e);
      }
      leave();
      if (!pause()) {
        break;
      }
    }
  }

  private void leave() {
    welcome = null;
    state = null;
    holdings.stopListening();
  }

  /** Waits before the next try; false when the node stops. */
  private boolean pause() {
    try {
      return !stop.await(backoff.next().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** One line when it begins to fail, and another only when the reason changes. */
  private void failed(Exception e) {
    String reason = reason(e);
    unbelieved = UnbelievedCertificateException.in(e).map(Throwable::getMessage).orElse(null);
    if (e instanceof RuntimeException && !(e instanceof LimpetException)) {
      LOG.log(Level.ERROR, "the link to the gateway failed unexpectedly", e);
    } else if (e instanceof LimpetException known && known.code() == ErrorCode.UNKNOWN_SESSION) {
      LOG.log(Level.INFO, "{0} does not know this node any more; joining again", self.gateway());
    } else if (!reason.equals(lastFailure)) {
      LOG.log(
          Level.WARNING,
          "not joined with the gateway {0} ({1}); trying on, and working without it",
          self.gateway(),
          reason);
    }
    lastFailure = reason;
  }

  private static String reason(Exception e) {
    return switch (e) {
      case LimpetException known -> known.code().code() + ": " + known.problem().detail();
      case ConnectException _ -> "no connection";
      case SSLException refused -> reason(refused);
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private static String reason(SSLException refused) {
    return UnbelievedCertificateException.in(refused)
        .map(known -> "its certificate is not believed: " + known.getMessage())
        .orElseGet(() -> "it speaks no https that this node knows: " + refused.getMessage());
  }

  private NodeWelcome join() throws IOException, InterruptedException {
    Challenge challenge = client.challenge(self.joinToken());
    String nonce = challenge.nonce();
    URI url = self.url().to(challenge);
    JoinClaim claim = new JoinClaim(self.name(), url, nonce, self.linkToken());
    NodeJoin join =
        new NodeJoin(
            self.name(),
            url,
            self.identity().peerId(),
            ByteString.of(self.identity().peerId().publicKey()),
            nonce,
            self.identity().sign(claim),
            self.version(),
            self.linkToken(),
            self.capacity(),
            self.labels(),
            self.functions(),
            NodeJoin.WIRE);
    return client.join(self.joinToken(), join);
  }

  /** Tells and listens until the gateway does not know this session any more. */
  private void member(NodeWelcome joined) throws IOException, InterruptedException {
    sequence = 0;
    snapshot(joined);
    LOG.log(Level.INFO, "joined {0} as {1}", self.gateway(), joined.name());
    lastFailure = null;
    backoff.reset();
    welcome = joined;
    Duration beat = Duration.ofMillis(joined.heartbeatMs());
    beat = beat.compareTo(SHORTEST_BEAT) < 0 ? SHORTEST_BEAT : beat;
    beat = beat.compareTo(LONGEST_BEAT) > 0 ? LONGEST_BEAT : beat;
    while (stop.getCount() > 0) {
      Holdings.Changes changes = holdings.next(beat);
      try {
        tell(joined, changes);
        holdings.told(changes);
      } catch (LimpetException e) {
        if (e.code() != ErrorCode.RESYNC) {
          throw e;
        }
        LOG.log(Level.INFO, "{0} wants to be told everything: {1}", self.gateway(), reason(e));
        snapshot(joined);
      }
    }
  }

  private void tell(NodeWelcome joined, Holdings.Changes changes)
      throws IOException, InterruptedException {
    AnnouncementKind kind = changes.isEmpty() ? AnnouncementKind.HEARTBEAT : AnnouncementKind.DELTA;
    think(client.announce(joined.nodeToken(), said(joined, kind, true, changes)));
  }

  /** Everything, a page at a time; what changes meanwhile follows as changes. */
  private void snapshot(NodeWelcome joined) throws IOException, InterruptedException {
    Holdings.Changes all = holdings.listen();
    List<Holding> left = all.added();
    do {
      int page = Math.min(Announcement.MAX_HOLDINGS, left.size());
      List<Holding> added = new ArrayList<>(left.subList(0, page));
      left = left.subList(page, left.size());
      boolean last = left.isEmpty();
      Holdings.Changes now =
          new Holdings.Changes(added, List.of(), all.version(), last ? all.digest() : null);
      tellPage(joined, said(joined, AnnouncementKind.SNAPSHOT, last, now));
    } while (!left.isEmpty());
    holdings.told(all);
  }

  /** Says the page again for as long as the gateway has no room for it. */
  private void tellPage(NodeWelcome joined, Announcement page)
      throws IOException, InterruptedException {
    Backoff waits = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
    while (true) {
      try {
        think(client.announce(joined.nodeToken(), page));
        return;
      } catch (LimpetException e) {
        if (e.code() != ErrorCode.OVERLOADED
            || stop.await(waits.next().toNanos(), TimeUnit.NANOSECONDS)) {
          throw e;
        }
        LOG.log(
            Level.DEBUG, "the gateway has no room for a page of what is here; it is sent again");
      }
    }
  }

  /** One line when people at the gateway have decided something. */
  private void think(@Nullable NodeState now) {
    if (now != null && now != state) {
      LOG.log(Level.INFO, "{0} calls this node {1}", self.gateway(), now.text());
    }
    state = now;
  }

  private Announcement said(
      NodeWelcome joined, AnnouncementKind kind, boolean last, Holdings.Changes changes) {
    sequence++;
    return new Announcement(
        joined.session(),
        sequence,
        kind,
        last,
        changes.added(),
        changes.removed(),
        load.get(),
        changes.digest());
  }

  /** Says goodbye, if anybody listens, and ends. */
  @Override
  public void close() {
    stop.countDown();
    token.end();
    thread.interrupt();
    try {
      boolean ended = thread.getState() == Thread.State.NEW || thread.join(STOP_TIME);
      NodeWelcome joined = welcome;
      if (ended && joined != null) {
        client.announce(joined.nodeToken(), said(joined, AnnouncementKind.GOODBYE, true, NOTHING));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | LimpetException e) {
      LOG.log(Level.INFO, "the gateway did not hear the goodbye: {0}", reason(e));
    } finally {
      leave();
      client.close();
    }
  }
}
