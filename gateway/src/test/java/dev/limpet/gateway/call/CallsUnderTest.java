package dev.limpet.gateway.call;

import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.audit.AuditEvidence;
import dev.limpet.gateway.audit.AuditRuns;
import dev.limpet.gateway.audit.Auditor;
import dev.limpet.gateway.copy.HotData;
import dev.limpet.gateway.function.BuiltIn;
import dev.limpet.gateway.function.Catalog;
import dev.limpet.gateway.function.Deploys;
import dev.limpet.gateway.function.FunctionLookup;
import dev.limpet.gateway.function.FunctionPush;
import dev.limpet.gateway.function.FunctionStore;
import dev.limpet.gateway.function.ModuleFetch;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Listener;
import dev.limpet.gateway.http.Pages;
import dev.limpet.gateway.http.Resources;
import dev.limpet.gateway.http.Router;
import dev.limpet.gateway.http.Services;
import dev.limpet.gateway.log.LogPaths;
import dev.limpet.gateway.memo.AnswerMemo;
import dev.limpet.gateway.name.BuiltInNames;
import dev.limpet.gateway.name.NameStore;
import dev.limpet.gateway.name.SqliteNameStore;
import dev.limpet.gateway.placement.DialRule;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.JoinRules;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.KnownRoots;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.PathSize;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Proofs;
import dev.limpet.gateway.placement.Time;
import dev.limpet.gateway.proof.Prover;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.proxy.TestNodeClient;
import dev.limpet.gateway.receipt.TestReceipts;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.JoinClaim;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.access.HostRule;
import dev.limpet.protocol.access.OriginRule;
import dev.limpet.protocol.access.Tokens;
import dev.limpet.protocol.audit.AuditLog;
import dev.limpet.protocol.config.FreeDisk;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.testkit.wire.WireServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The gateway's way of calls in one process with a real listener; nodes are wire servers. */
final class CallsUnderTest implements AutoCloseable {
  static final String CALLS_TOKEN = "calls-token-of-this-test-0123456789abcdef";
  static final String MANAGE_TOKEN = "manage-token-of-this-test-0123456789abcde";
  static final long MAX_BODY_BYTES = 128 << 20;

  /** {@code (module (memory (export "memory") 1) (func (export "_start")))}. */
  static final byte[] MODULE =
      HexFormat.of()
          .parseHex(
              "0061736d01000000010401600000030201000503010001"
                  + "071302066d656d6f72790200065f737461727400000a040102000b");

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger announced = new AtomicInteger();
  private final Database database;
  private final NodeClient client;
  final BlockingWork work;
  private final AuditLog audit;

  /** Bytes that the disk has free. */
  final AtomicLong freeDisk = new AtomicLong(Long.MAX_VALUE);

  final AnswerMemo memo = new AnswerMemo(1 << 20);
  private final HolderIndex index = new HolderIndex(1000);
  final PassingTime time = new PassingTime();
  final NodeRegistry registry;
  private final Proofs proofs;
  private final Deploys deploys;
  private final CallPaths calls;
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final Auditor auditor;
  private final Listener listener;
  volatile InstantSource clock = time.time().wall();
  volatile Consumer<KnownNode> whenRevoked = _ -> {};
  volatile @Nullable URI tlsUrl; // where it says that https is spoken
  private final int port;

  CallsUnderTest(Path folder, Setup setup) {
    database = Database.open(folder.resolve("gateway.db"));
    registry = registry(database, index, time.time());
    Placement placement = new Placement(registry, index);
    client = TestNodeClient.of(vertx, setup.policy().maxCalls(), setup.policy().connectTimeout());
    PathSize sizes = new PathSize(index, client);
    work = new BlockingWork(vertx, 2);
    proofs = new Proofs(index, Time.SYSTEM);
    Prover prover = new Prover(proofs, client, work);
    HotData hot = new HotData(index, System::nanoTime, false);
    FunctionStore functions =
        new FunctionStore(database, new InMemoryBlockstore(), InstantSource.system());
    NameStore names =
        new BuiltInNames(
            new SqliteNameStore(database, InstantSource.system()),
            functions.builtIn().stream().map(BuiltIn::toName).toList());
    Catalog catalog = new Catalog(functions, names);
    FreeDisk.Rule rule = new FreeDisk.Rule(64 << 20, "gateway", "remove functions");
    FreeDisk disk = new FreeDisk(freeDisk::get, rule);
    ModuleFetch fetch = new ModuleFetch(catalog, index, client, work);
    FunctionPush push = new FunctionPush(functions, registry, client, work);
    deploys = new Deploys(new Deploys.Shelf(functions, names, catalog, disk), fetch, push, work);
    FunctionLookup lookup = new FunctionLookup(functions, names, fetch);
    Door door = door(setup);
    registry.whenRevoked(
        node -> {
          memo.forgetNode(node.peerId());
          whenRevoked.accept(node);
        });
    audit = AuditLog.open(folder);
    auditor = auditor(placement, folder, setup.audited() ? 1 : 0);
    calls =
        new CallPaths(
            new CallPaths.Ground(
                door, lookup, placement, registry, index, sizes, prover, hot, client, memo,
                auditor),
            setup.policy(),
            () -> clock.instant(),
            meters);
    LogPaths.Ground logs =
        new LogPaths.Ground(door, lookup, registry, calls.executions(), calls.recalls(), client);
    Services services =
        new Services(
            functions, names, catalog, lookup, deploys, registry, index, prover, work, audit);
    Router router =
        new Router(
            vertx,
            door,
            new Router.Ways(calls, new LogPaths(logs)),
            new Resources(
                TestReceipts.ground(services, door, client, database, folder),
                meters,
                () -> true,
                new Resources.Seen(null, null, () -> tlsUrl)),
            MAX_BODY_BYTES);
    listener = new Listener(vertx, router, 500);
    port = listener.listen("127.0.0.1", 0, 1).await();
  }

  /** Listens for https, too; the port of that. */
  int listen(ServerKeys keys) {
    return listener.listen(new Listener.Place("127.0.0.1", 0, keys), 1).await();
  }

  /** Requests that are not answered yet. */
  boolean isIdle() {
    return listener.idle(Duration.ZERO).isComplete();
  }

  private static NodeRegistry registry(Database database, HolderIndex index, Time time) {
    return new NodeRegistry(
        new KnownRoots(database),
        index,
        Duration.ofSeconds(30),
        new JoinRules(false, new DialRule(false)),
        time);
  }

  private Auditor auditor(Placement placement, Path folder, double share) {
    return new Auditor(
        new Auditor.Ground(
            placement,
            registry,
            new AuditRuns(vertx, client),
            memo,
            work,
            new AuditEvidence(folder),
            audit),
        share,
        new SecureRandom(),
        meters);
  }

  private Door door(Setup setup) {
    return new Door(
        new Door.Rules(
            new HostRule(List.of()),
            new OriginRule(setup.origins()),
            new Pages(setup.origins(), setup.callOrigins()),
            setup.guarded() ? new Tokens(MANAGE_TOKEN, CALLS_TOKEN, null) : Tokens.none(),
            setup.publicToo(),
            setup.publicToo()),
        registry);
  }

  static CallsUnderTest open(Path folder) {
    return new CallsUnderTest(folder, Setup.OPEN);
  }

  /** A node that takes functions without a word, and does everything else as {@code script}. */
  static WireServer node(WireServer.Script script) {
    return WireServer.start(
        exchange -> {
          if (exchange.head().target().startsWith("/v1/functions/")) {
            exchange.body().readAllBytes();
            exchange.raw("HTTP/1.1 204 n\r\n\r\n");
          } else {
            script.handle(exchange);
          }
        });
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  ExecutionLog executions() {
    return calls.executions();
  }

  /** Deploys the module under a name. */
  Deployed deploy(String name) throws Exception {
    return deploy(name, MODULE);
  }

  /** Deploys a module under a name. */
  Deployed deploy(String name, byte[] wasm) throws Exception {
    return deploys
        .deploy(Deploys.Form.WASM, Buffer.buffer(wasm), new Deploys.Naming(name, null))
        .toCompletionStage()
        .toCompletableFuture()
        .get();
  }

  /** Deploys the module with a manifest of these further members, as JSON. */
  Deployed deploy(String name, String members) throws Exception {
    Cid module = deploy(name).module();
    byte[] json =
        ("{\"v\":1,\"module\":\"" + module + "\"," + members + "}")
            .getBytes(StandardCharsets.UTF_8);
    FunctionManifest manifest = FunctionManifest.fromJson(json);
    return deploys
        .deploy(
            Deploys.Form.MANIFEST, Buffer.buffer(manifest.toJson()), new Deploys.Naming(name, null))
        .toCompletionStage()
        .toCompletableFuture()
        .get();
  }

  /** Deploys the default manifest of a module that is not here. */
  Deployed deployManifest(Cid module) throws Exception {
    byte[] json = ("{\"v\":1,\"module\":\"" + module + "\"}").getBytes(StandardCharsets.UTF_8);
    return deploys
        .deploy(Deploys.Form.MANIFEST, Buffer.buffer(json), null)
        .toCompletionStage()
        .toCompletableFuture()
        .get();
  }

  /** A node that has joined. */
  final class Member {
    private final String name;
    private final NodeIdentity identity;
    private final NodeWelcome welcome;
    private long sequence;

    private Member(String name, NodeIdentity identity, NodeWelcome welcome) {
      this.name = name;
      this.identity = identity;
      this.welcome = welcome;
    }

    /** Says that it has all of these and nothing else, and shows nothing. */
    Member claims(Cid... roots) {
      return announce(AnnouncementKind.SNAPSHOT, holdings(roots));
    }

    /** Says that it has all of these and nothing else, and has shown it. */
    Member holds(Cid... roots) {
      return holds(holdings(roots));
    }

    private static List<Holding> holdings(Cid... roots) {
      List<Holding> holdings = new ArrayList<>();
      for (Cid root : roots) {
        holdings.add(new Holding(root, 900, 1000, true, HoldingKind.ROOT));
      }
      return holdings;
    }

    private Member holds(List<Holding> holdings) {
      announce(AnnouncementKind.SNAPSHOT, holdings);
      for (Holding holding : holdings) {
        Proofs.Claim claim = new Proofs.Claim(known(), holding.cid(), holding.complete());
        proofs.found(claim, Proofs.Finding.SHOWN);
      }
      return this;
    }

    /** Says that it has all of this, of a size, and nothing else. */
    Member holdsAllOf(Cid root, long dagSize) {
      return holds(List.of(new Holding(root, dagSize, dagSize, true, HoldingKind.ROOT)));
    }

    /** Says that it has a part of this. */
    Member holdsPartOf(Cid root, long dagSize) {
      return holds(List.of(new Holding(root, dagSize, dagSize, false, HoldingKind.CACHED)));
    }

    /** Says that it has a part of this, and all of an entry inside. */
    Member holdsPartOf(Cid root, long dagSize, Cid entry, long entrySize) {
      return holds(
          List.of(
              new Holding(root, dagSize, dagSize, false, HoldingKind.CACHED),
              new Holding(entry, entrySize, entrySize, true, HoldingKind.ENTRY)));
    }

    /** Says that it has these, too, and shows nothing. */
    Member alsoClaims(Cid... roots) {
      return announce(AnnouncementKind.DELTA, holdings(roots));
    }

    /** Says that it is here. */
    Member beats() {
      return announce(AnnouncementKind.HEARTBEAT, List.of());
    }

    /** The same node after a restart. */
    Member again(URI url) {
      return join(name, identity, url, Map.of());
    }

    void saysGoodbye() {
      announce(AnnouncementKind.GOODBYE, List.of());
    }

    private Member announce(AnnouncementKind kind, List<Holding> holdings) {
      Announcement said =
          new Announcement(
              welcome.session(), ++sequence, kind, true, holdings, List.of(), Load.IDLE, null);
      registry.announce(name, welcome.nodeToken(), said);
      return this;
    }

    KnownNode known() {
      KnownNode known = registry.find(name);
      if (known == null) {
        throw new AssertionError(name + " is not known");
      }
      return known;
    }
  }

  /** A node joins that is reached at {@code server}. */
  Member join(String name, WireServer server) {
    return join(name, server.url());
  }

  /** A node joins that is reached, or not, at {@code url}. */
  Member join(String name, URI url) {
    return join(name, url, Map.of());
  }

  /** A node joins with labels. */
  Member join(String name, URI url, Map<String, String> labels) {
    return join(name, NodeIdentity.generate(), url, labels);
  }

  private Member join(String name, NodeIdentity identity, URI url, Map<String, String> labels) {
    String nonce = registry.challenge().nonce();
    String linkToken = "link-token-of-" + name + "-0123456789abcdef0123456789";
    ByteString signature = identity.sign(new JoinClaim(name, url, nonce, linkToken));
    NodeWelcome welcome =
        registry.join(
            new NodeJoin(
                name,
                url,
                identity.peerId(),
                ByteString.of(identity.peerId().publicKey()),
                nonce,
                signature,
                "test",
                linkToken,
                new Capacity(1L << 30, 4, 1L << 30),
                labels,
                List.of(),
                NodeJoin.WIRE),
            true);
    return new Member(name, identity, welcome);
  }

  /** Somebody believes a node again. */
  void approve(String name) {
    registry.approve(name);
  }

  void remove(String node) {
    registry.remove(node);
  }

  void revoke(String node) {
    KnownNode _ = registry.revoke(node);
  }

  /** Some data that exists only by its CID: the text {@code data 1}, and so on. */
  Cid data() {
    return Cid.of(
        Multicodec.RAW, ("data " + announced.incrementAndGet()).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    client.close();
    work.close();
    vertx.close().await();
    audit.close();
    database.close();
  }
}
