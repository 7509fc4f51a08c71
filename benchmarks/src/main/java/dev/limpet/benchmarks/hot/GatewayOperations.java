package dev.limpet.benchmarks.hot;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.DialRule;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.JoinRules;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.KnownRoots;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.gateway.placement.Time;
import dev.limpet.gateway.proxy.AnswerHeaders;
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
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which node, and what of its answer. */
final class GatewayOperations implements AutoCloseable {
  private static final int NODES = 16;
  private static final int ROOTS_OF_A_NODE = 100;
  private static final int HOLDINGS = 200_000;
  private static final long MEMORY = 64L << 20;
  private static final Cid SHARED = ProtocolOperations.cid("shared");

  private static final Question QUESTION =
      new Question(
          ProtocolOperations.cid("function"),
          MEMORY,
          List.of(Question.Wanted.whole(SHARED)),
          Question.DEFAULT_MAX_FETCH_BYTES,
          Needs.NONE);

  private final Database database;
  private final NodeRegistry registry;
  private final Placement placement;

  private GatewayOperations(Database database) {
    this.database = database;
    HolderIndex index = new HolderIndex(HOLDINGS);
    this.registry =
        new NodeRegistry(
            new KnownRoots(database),
            index,
            Duration.ofMinutes(1),
            new JoinRules(false, new DialRule(true)),
            Time.SYSTEM);
    this.placement = new Placement(registry, index);
  }

  static GatewayOperations open(Path folder) throws IOException {
    return open(folder, NODES, 3);
  }

  /** So many nodes, of which the first ones hold the input that is asked for. */
  static GatewayOperations open(Path folder, int nodes, int holders) throws IOException {
    Files.createDirectories(folder);
    GatewayOperations operations =
        new GatewayOperations(Database.open(folder.resolve("gateway.db")));
    for (int i = 0; i < nodes; i++) {
      operations.join("node-" + i, i < holders);
    }
    return operations;
  }

  /** Gives each node so many calls. */
  void load(int calls) {
    for (KnownNode node : registry.nodes()) {
      for (int i = 0; i < calls; i++) {
        node.callStarted();
      }
    }
  }

  /** Where a call on that input goes. */
  Decision decide() {
    return placement.decide(QUESTION);
  }

  private void join(String name, boolean holdsShared) {
    NodeIdentity identity = NodeIdentity.generate();
    JoinClaim claim =
        new JoinClaim(
            name, URI.create("http://127.0.0.1:1"), registry.challenge().nonce(), "link-" + name);
    NodeWelcome welcome =
        registry.join(
            new NodeJoin(
                name,
                claim.url(),
                identity.peerId(),
                ByteString.of(identity.peerId().publicKey()),
                claim.nonce(),
                identity.sign(claim),
                "0.1.0",
                claim.linkToken(),
                new Capacity(1 << 30, 4, MEMORY),
                Map.of(),
                List.of(),
                NodeJoin.WIRE),
            true);
    List<Holding> holdings = new ArrayList<>();
    for (int i = 0; i < ROOTS_OF_A_NODE; i++) {
      holdings.add(root(ProtocolOperations.cid(name + "/" + i)));
    }
    if (holdsShared) {
      holdings.add(root(SHARED));
    }
    registry.announce(
        name,
        welcome.nodeToken(),
        new Announcement(
            welcome.session(),
            1,
            AnnouncementKind.SNAPSHOT,
            true,
            holdings,
            List.of(),
            Load.IDLE,
            null));
  }

  private static Holding root(Cid cid) {
    return new Holding(cid, 1 << 20, 1 << 20, true, HoldingKind.ROOT);
  }

  List<HotOperation> all() {
    MultiMap answer = answer();
    return List.of(
        new HotOperation("placement", Yardstick.WORDS, 8000, this::decide),
        new HotOperation(
            "proxy-headers",
            Yardstick.WORDS,
            1500,
            () -> {
              MultiMap to = MultiMap.caseInsensitiveMultiMap();
              AnswerHeaders.copyAnswer(answer, Set.of(), to);
              return to;
            }));
  }

  /** What a node answers to a call of {@code csv}. */
  private static MultiMap answer() {
    return MultiMap.caseInsensitiveMultiMap()
        .add("Date", "Wed, 25 Nov 2026 20:00:00 GMT")
        .add("Content-Type", "text/plain; charset=utf-8")
        .add("Content-Length", "352")
        .add("Limpet-Execution", "x-aaaaaaaaaaaaaaaaaaaaaaaaaa")
        .add("Limpet-Function", SHARED.toString())
        .add("Limpet-Data-Bytes", "2500000")
        .add("Limpet-Memo", "bypass")
        .add("Limpet-Task", SHARED.toString())
        .add("Limpet-Bytes-Fetched", "0")
        .add("Limpet-Blocks-Read", "3")
        .add("Server-Timing", "queue;dur=0.1, data;dur=0.2, load;dur=0.3, run;dur=8.1")
        .add("ETag", '"' + SHARED.toString() + '"')
        .add("Connection", "keep-alive");
  }

  @Override
  public void close() {
    database.close();
  }
}
