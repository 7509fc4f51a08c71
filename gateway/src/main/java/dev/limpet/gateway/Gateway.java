package dev.limpet.gateway;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.audit.AuditEvidence;
import dev.limpet.gateway.audit.AuditRuns;
import dev.limpet.gateway.audit.Auditor;
import dev.limpet.gateway.call.CallPaths;
import dev.limpet.gateway.call.CallPolicy;
import dev.limpet.gateway.copy.Copies;
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
import dev.limpet.gateway.http.Resources;
import dev.limpet.gateway.http.Router;
import dev.limpet.gateway.http.Services;
import dev.limpet.gateway.log.LogPaths;
import dev.limpet.gateway.memo.AnswerMemo;
import dev.limpet.gateway.memo.KeeperFile;
import dev.limpet.gateway.name.BuiltInNames;
import dev.limpet.gateway.name.NameStore;
import dev.limpet.gateway.name.SqliteNameStore;
import dev.limpet.gateway.placement.CertificateWatch;
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
import dev.limpet.gateway.receipt.DisagreementPaths;
import dev.limpet.gateway.receipt.Enrolments;
import dev.limpet.gateway.receipt.ReceiptPaths;
import dev.limpet.gateway.receipt.Witness;
import dev.limpet.gateway.store.GatewayFiles;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ListenAddress;
import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.audit.AuditLog;
import dev.limpet.protocol.config.FreeDisk;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.trace.SpanExporter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.transport.Transport;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The gateway process: takes calls, finds the node that holds their data, and streams both ways.
 * Here its parts are put together, by constructor calls.
 */
public final class Gateway implements AutoCloseable {
  /** How long a stop waits for what runs (house rule). */
  private static final Duration MAX_DRAIN = Duration.ofSeconds(10);

  /** How often it is looked whether an answer can be made again. */
  private static final Duration AUDIT_TICK = Duration.ofMillis(250);

  /** How often it is looked what data is hot. */
  private static final Duration COPY_TICK = Duration.ofSeconds(1);

  /** Threads that block on database and disk. */
  private static final int WORKERS = 8;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final GatewayConfig config;
  private final Bindings bindings;
  private final Vertx vertx;
  private final Services services;
  private final LogPaths logs;
  private final Router router;
  private final Listener listener;
  private final int port;
  private final @Nullable URI tlsUrl;
  private volatile boolean ready;

  /**
   * Starts a gateway; it answers when this returns.
   *
   * @throws LimpetException {@code bad-config} when it would be unsafe or cannot listen there,
   *     {@code store-failed} when its folder cannot be used
   */
  public static Gateway start(GatewayConfig config) {
    return new Gateway(config);
  }

  private Gateway(GatewayConfig config) {
    this.config = config;
    this.bindings = Bindings.of(config);
    try {
      ServerKeys keys = config.tls().map(tls -> opened(ServerKeys.open(tls.files()))).orElse(null);
      GatewayFiles files = opened(GatewayFiles.open(config.dir(), config.functionQuota()));
      this.vertx = vertx();
      open.addFirst(() -> vertx.close().await());
      BlockingWork work = opened(new BlockingWork(vertx, WORKERS));
      NodeClient client =
          opened(
              new NodeClient(
                  vertx,
                  config.maxCalls(),
                  CallPolicy.DEFAULT_CONNECT_TIMEOUT,
                  config.nodeAuthorities()));
      this.services = services(files, work, client);
      Door door = new Door(bindings.rules(config), services.registry());
      Witness witness = witness(files);
      Resources resources =
          new Resources(
              new Resources.Ground(
                  services,
                  door,
                  receipts(files, witness, door, client),
                  new DisagreementPaths(door, witness, new AuditEvidence(config.dir()), work)),
              meters,
              () -> ready,
              seen());
      Copies copies = copies(client);
      CallPaths calls = calls(door, client, copies.hot());
      this.logs = opened(logs(door, client, calls));
      this.router =
          new Router(vertx, door, new Router.Ways(calls, logs), resources, config.maxBody());
      this.listener = new Listener(vertx, router, config.maxConnections());
      // Not Duration.dividedBy: it is BigDecimal's, whose tables are 2 MiB and 10 ms of a start.
      vertx.setPeriodic(config.heartbeat().toMillis() / 2, _ -> services.registry().tick());
      new CertificateWatch(services.registry(), client, config.nodeAuthorities())
          .start(vertx, work);
      measure();
      this.port = listen(bindings.plain(), null);
      this.tlsUrl = keys == null ? null : listenTls(keys);
      this.ready = true;
    } catch (RuntimeException e) {
      closeAll();
      throw e;
    }
  }

  private static Vertx vertx() {
    Transport epoll = Transport.EPOLL;
    Transport transport = epoll != null && epoll.available() ? epoll : Transport.NIO;
    // It serves no files: without these it would leave a folder behind when it is killed.
    FileSystemOptions none =
        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
    VertxOptions options = new VertxOptions().setFileSystemOptions(none);
    return Vertx.builder().with(options).withTransport(transport).build();
  }

  private Services services(GatewayFiles files, BlockingWork work, NodeClient client) {
    Time time = Time.SYSTEM;
    HolderIndex holders = new HolderIndex(config.maxHoldings());
    NodeRegistry registry =
        new NodeRegistry(
            new KnownRoots(files.database()),
            holders,
            config.heartbeat(),
            new JoinRules(
                config.approveByHand(), new DialRule(config.dialLocal()), config.nodeCalls()),
            time);
    FunctionStore functions = new FunctionStore(files.database(), files.blocks(), time.wall());
    NameStore names =
        new BuiltInNames(
            new SqliteNameStore(files.database(), time.wall()),
            functions.builtIn().stream().map(BuiltIn::toName).toList());
    Catalog catalog = new Catalog(functions, names);
    FreeDisk disk =
        FreeDisk.of(
            config.dir(), new FreeDisk.Rule(config.minFree(), "gateway", "remove functions"));
    ModuleFetch fetch = new ModuleFetch(catalog, holders, client, work);
    FunctionPush push = new FunctionPush(functions, registry, client, work);
    Prover prover = new Prover(new Proofs(holders, time), client, work);
    prover.measure(meters);
    return new Services(
        functions,
        names,
        catalog,
        new FunctionLookup(functions, names, fetch),
        new Deploys(new Deploys.Shelf(functions, names, catalog, disk), fetch, push, work),
        registry,
        holders,
        prover,
        work,
        opened(AuditLog.open(config.dir())));
  }

  private Copies copies(NodeClient client) {
    Prover prover = services.prover();
    Copies copies =
        Copies.of(
            new Copies.Ground(services.registry(), services.holders(), prover, client),
            config.copyBudget(),
            Time.SYSTEM,
            meters);
    services
        .registry()
        .listen(
            (node, holdings) -> {
              prover.ahead().added(node, holdings);
              copies.copier().added(node, holdings);
            });
    vertx.setPeriodic(COPY_TICK.toMillis(), _ -> copies.copier().tick());
    return copies;
  }

  private CallPaths calls(Door door, NodeClient client, HotData hot) {
    AnswerMemo memo = new AnswerMemo(config.memoBytes());
    Placement placement = new Placement(services.registry(), services.holders());
    services.registry().whenRevoked(node -> memo.forgetNode(node.peerId()));
    KeeperFile kept = opened(KeeperFile.open(config.dir(), memo.keepers()));
    long pause = KeeperFile.MAX_UNSAVED_TIME.toMillis();
    vertx.setPeriodic(pause, _ -> services.work().run(kept::save));
    CallPolicy policy =
        CallPolicy.STANDARD
            .withMaxCalls(config.maxCalls())
            .withShares(config.shares())
            .withHedging(config.hedgeCalls())
            .withImmutable(config.immutable());
    return new CallPaths(
        new CallPaths.Ground(
            door,
            services.lookup(),
            placement,
            services.registry(),
            services.holders(),
            new PathSize(services.holders(), client),
            services.prover(),
            hot,
            client,
            memo,
            auditor(placement, client, memo)),
        policy,
        Time.SYSTEM.wall(),
        meters);
  }

  private Auditor auditor(Placement placement, NodeClient client, AnswerMemo memo) {
    Auditor auditor =
        new Auditor(
            new Auditor.Ground(
                placement,
                services.registry(),
                new AuditRuns(vertx, client),
                memo,
                services.work(),
                new AuditEvidence(config.dir()),
                services.audit()),
            config.audit(),
            new SecureRandom(),
            meters);
    if (config.audit() > 0) {
      vertx.setPeriodic(AUDIT_TICK.toMillis(), _ -> auditor.tick());
    }
    return auditor;
  }

  private Witness witness(GatewayFiles files) {
    Witness witness = new Witness(files.database(), files.operator(), Time.SYSTEM.wall());
    FunctionCounter.builder("limpet.gateway.checkpoints.cosigned", witness, Witness::cosigned)
        .description("Checkpoints of logs of nodes that were cosigned")
        .register(meters);
    FunctionCounter.builder("limpet.gateway.checkpoints.refused", witness, Witness::refused)
        .description("Checkpoints of logs that forked or shrank")
        .register(meters);
    return witness;
  }

  private ReceiptPaths receipts(GatewayFiles files, Witness witness, Door door, NodeClient client) {
    return new ReceiptPaths(
        new ReceiptPaths.Ground(
            door,
            services.registry(),
            client,
            witness,
            new Enrolments(files.database(), files.operator(), Time.SYSTEM.wall()),
            services.work()));
  }

  private LogPaths logs(Door door, NodeClient client, CallPaths calls) {
    return new LogPaths(
        new LogPaths.Ground(
            door,
            services.lookup(),
            services.registry(),
            calls.executions(),
            calls.recalls(),
            client));
  }

  private Resources.Seen seen() {
    AccessLog log = config.openAccessLog();
    if (log != null) {
      opened(log);
      FunctionCounter.builder("limpet.gateway.access.log.dropped", log, AccessLog::dropped)
          .register(meters);
      Gauge.builder("limpet.gateway.access.log.unrotated", log, AccessLog::unrotated)
          .description("Times in a row that a full access log could not become FILE.1")
          .register(meters);
    }
    SpanExporter spans = config.openSpans();
    if (spans != null) {
      opened(spans);
      FunctionCounter.builder("limpet.gateway.spans.sent", spans, SpanExporter::sent)
          .register(meters);
      FunctionCounter.builder("limpet.gateway.spans.dropped", spans, SpanExporter::dropped)
          .register(meters);
    }
    return new Resources.Seen(log, spans, this::publicTlsUrl);
  }

  /** As IPFS clients elsewhere reach it, if they do: by the first name in the configuration. */
  private @Nullable URI publicTlsUrl() {
    URI bound = tlsUrl;
    List<String> names = config.hosts();
    return bound == null || names.isEmpty()
        ? bound
        : URI.create("https://" + names.getFirst() + ":" + bound.getPort());
  }

  private int listen(ListenAddress at, @Nullable ServerKeys keys) {
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    try {
      return listener.listen(new Listener.Place(at.bareHost(), at.port(), keys), loops).await();
    } catch (Exception e) { // await throws what failed as it is, checked or not
      throw cannotListen(at, keys == null ? "listen" : "tls-listen", e);
    }
  }

  private URI listenTls(ServerKeys keys) {
    ListenAddress at = Objects.requireNonNull(bindings.tls());
    int bound = listen(at, keys);
    Gauge.builder(
            "limpet.gateway.certificate.end.timestamp.seconds",
            keys,
            each -> each.end().getEpochSecond())
        .strongReference(true)
        .register(meters);
    return at.url("https", bound);
  }

  private static LimpetException cannotListen(ListenAddress place, String key, Throwable cause) {
    return new LimpetException(
        ErrorCode.BAD_CONFIG,
        "cannot listen on "
            + place
            + " ("
            + cause.getMessage()
            + "); is another process there? Choose another place: "
            + key
            + " = HOST:PORT",
        cause);
  }

  private void measure() {
    measureNodes();
    gauge("limpet.gateway.connections", listener, Listener::connections);
    gauge("limpet.gateway.connections.refused", listener, Listener::refusedConnections);
    gauge("limpet.gateway.holdings", services.holders(), HolderIndex::entries);
    gauge("limpet.gateway.holdings.dropped", services.holders(), HolderIndex::dropped);
    gauge("limpet.gateway.functions", services.functions(), FunctionStore::size);
    gauge("limpet.gateway.functions.bytes", services.functions(), FunctionStore::storedBytes);
    gauge("limpet.gateway.work.pending", services.work(), BlockingWork::pending);
  }

  /** Sums over all nodes: as many series as nodes would be too many. */
  private void measureNodes() {
    nodes("limpet.gateway.nodes.ready", node -> node.isReady() ? 1 : 0);
    nodes("limpet.gateway.calls.waiting", node -> node.gate().waiting());
    nodes("limpet.gateway.node.places", node -> node.isReady() ? node.gate().limit() : 0);
    nodes("limpet.gateway.node.places.refused", node -> node.gate().refused());
    nodes("limpet.gateway.copies", KnownNode::copies);
    nodes("limpet.gateway.nodes.distrusted", node -> node.credit().isGood() ? 0 : 1);
    nodes("limpet.gateway.nodes.unbelieved", node -> node.unbelieved() == null ? 0 : 1);
    nodes(
        "limpet.gateway.circuits.open",
        node -> node.servesData() && node.circuit().isOpen() ? 1 : 0);
  }

  private void nodes(String name, ToLongFunction<KnownNode> value) {
    gauge(name, services.registry(), registry -> registry.byName().stream().mapToLong(value).sum());
  }

  private <T> void gauge(String name, T of, ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value).strongReference(true).register(meters);
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.addFirst(part);
    return part;
  }

  /** Where it listens; with the loopback address when it listens everywhere. */
  public URI url() {
    return bindings.plain().url("http", port);
  }

  /** Where it speaks https, if it does. */
  public Optional<URI> tlsUrl() {
    return Optional.ofNullable(tlsUrl);
  }

  /** Refuses what is new, waits up to ten seconds for what runs, and closes everything. */
  @Override
  public void close() {
    ready = false;
    router.drain();
    logs.close();
    listener.idle(MAX_DRAIN).await();
    closeAll();
  }

  private void closeAll() {
    while (!open.isEmpty()) {
      try {
        open.removeFirst().close();
      } catch (Exception e) {
        System.getLogger(Gateway.class.getName())
            .log(System.Logger.Level.WARNING, "a part did not close", e);
      }
    }
  }
}
