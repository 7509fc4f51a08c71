package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.JoinClaim;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeWelcome;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A registry whose clock stands still until a test moves it, and nodes that join it. */
public final class FakeNodes implements AutoCloseable {
  /** Between two heartbeats. */
  public static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /** What a function of tests may use. */
  public static final long MEMORY = 64L << 20;

  /** Nodes of an explanation, where there are only some. */
  static final int ALL = 1000;

  private static final ByteString UNSIGNED = ByteString.of(new byte[64]);

  private final Path file;
  private final int maxHoldings;
  private final Map<String, NodeIdentity> identities = new HashMap<>();
  private final Map<String, NodeWelcome> welcomes = new HashMap<>();
  private final Map<String, Long> sequences = new HashMap<>();
  private final Map<String, List<Holding>> pages = new HashMap<>();
  private long nanos;
  private Database database;
  private JoinRules rules = new JoinRules(false, new DialRule(false));
  private @Nullable URI at;
  Map<String, String> labels = Map.of();
  List<String> functions = List.of();
  @Nullable String digest;

  /** Whether nodes show at once what they announce. */
  boolean show = true;

  /** Whether joins are signed, and checked; that is most of what a short test computes. */
  boolean signed = true;

  /** Who has what. */
  public HolderIndex index;

  /** The nodes. */
  public NodeRegistry registry;

  /** A gateway that knows nobody. */
  public FakeNodes(Path dir, int maxHoldings) {
    this.file = dir.resolve("gateway.db");
    this.maxHoldings = maxHoldings;
    this.database = Database.open(file);
    this.index = new HolderIndex(maxHoldings);
    this.registry = open();
  }

  private NodeRegistry open() {
    return new NodeRegistry(new KnownRoots(database), index, HEARTBEAT, rules, time());
  }

  /** The clock that {@link #pass} moves. */
  public Time time() {
    return new Time(() -> Instant.ofEpochSecond(0, nanos), () -> nanos);
  }

  /** From now on somebody must approve new nodes. */
  void approveByHand() {
    rules = new JoinRules(true, new DialRule(false));
    restart();
  }

  /** From now on nodes say that they are there. */
  public void reachedAt(URI where) {
    at = where;
  }

  /** From now on addresses are looked up and judged so, and nodes say that they are there. */
  void dial(DialRule rule, URI where) {
    rules = new JoinRules(false, rule);
    at = where;
    restart();
  }

  /** As a restart of the process. */
  void restart() {
    database.close();
    database = Database.open(file);
    index = new HolderIndex(maxHoldings);
    registry = open();
  }

  /** Time passes. */
  public void pass(Duration time) {
    nanos += time.toNanos();
    registry.tick();
  }

  /** The CID of a text. */
  public static Cid cid(String text) {
    return Cid.of(Multicodec.RAW, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A root of that size. */
  public static Holding root(Cid cid, long dagSize, boolean complete) {
    return new Holding(cid, dagSize, dagSize, complete, HoldingKind.ROOT);
  }

  NodeJoin claim(String name, NodeIdentity identity, String nonce, Capacity capacity) {
    String port = "9" + String.format("%03d", Math.abs(name.hashCode() % 999));
    URI url = at != null ? at : URI.create("http://127.0.0.1:" + port);
    String linkToken = "link-token-of-" + name;
    ByteString signature =
        signed ? identity.sign(new JoinClaim(name, url, nonce, linkToken)) : UNSIGNED;
    return new NodeJoin(
        name,
        url,
        identity.peerId(),
        ByteString.of(identity.peerId().publicKey()),
        nonce,
        signature,
        "0.1",
        linkToken,
        capacity,
        labels,
        functions,
        NodeJoin.WIRE);
  }

  NodeIdentity identity(String name) {
    return identities.computeIfAbsent(name, _ -> NodeIdentity.generate());
  }

  KnownNode join(String name) {
    return join(name, new Capacity(1 << 30, 1, MEMORY));
  }

  /** A node joins. */
  public KnownNode join(String name, Capacity capacity) {
    String nonce = registry.challenge().nonce();
    NodeJoin join = claim(name, identity(name), nonce, capacity);
    welcomes.put(name, signed ? registry.join(join, true) : registry.signed(join, true));
    sequences.put(name, 0L);
    KnownNode node = registry.find(name);
    if (node == null) {
      throw new AssertionError("a node that joined is known");
    }
    return node;
  }

  NodeWelcome welcome(String name) {
    NodeWelcome welcome = welcomes.get(name);
    if (welcome == null) {
      throw new AssertionError(name + " did not join");
    }
    return welcome;
  }

  /** A node says that it has these and nothing else. */
  public void snapshot(String name, Holding... holdings) {
    say(name, AnnouncementKind.SNAPSHOT, true, List.of(holdings), List.of());
  }

  /** A node says what has changed. */
  public void delta(String name, List<Holding> added, List<Cid> removed) {
    say(name, AnnouncementKind.DELTA, true, added, removed);
  }

  /** A node says that it is here. */
  public void heartbeat(String name) {
    say(name, AnnouncementKind.HEARTBEAT, true, List.of(), List.of());
  }

  /** A node says goodbye. */
  public void goodbye(String name) {
    say(name, AnnouncementKind.GOODBYE, true, List.of(), List.of());
  }

  void say(
      String name, AnnouncementKind kind, boolean last, List<Holding> added, List<Cid> removed) {
    long next = sequences.merge(name, 1L, Long::sum);
    send(
        name,
        new Announcement(
            welcome(name).session(), next, kind, last, added, removed, Load.IDLE, digest));
  }

  void say(String name, AnnouncementKind kind, Load load) {
    long next = sequences.merge(name, 1L, Long::sum);
    send(
        name,
        new Announcement(
            welcome(name).session(), next, kind, true, List.of(), List.of(), load, digest));
  }

  /** A node that announced nothing of it showed it when it was asked. */
  void found(Cid data, KnownNode node) {
    index.remember(data, new HolderIndex.Answers(List.of(node), List.of(), index.arrivals()));
  }

  /** The next announcement gets lost. */
  void lose(String name) {
    sequences.merge(name, 1L, Long::sum);
  }

  void send(String name, Announcement said) {
    registry.announce(name, welcome(name).nodeToken(), said);
    KnownNode node = registry.find(name);
    if (show && node != null) {
      pages.computeIfAbsent(name, _ -> new ArrayList<>()).addAll(said.added());
      if (said.last()) {
        pages.remove(name).forEach(holding -> index.prove(node, holding.cid(), Proof.SHOWN));
      }
    }
  }

  @Override
  public void close() {
    database.close();
  }
}
