package dev.limpet.node;

import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.DirectoryInUseException;
import dev.limpet.node.http.DagsResource;
import dev.limpet.node.http.DataResource;
import dev.limpet.node.http.Guard;
import dev.limpet.node.http.HealthResource;
import dev.limpet.node.http.MetricsResource;
import dev.limpet.node.http.NameResource;
import dev.limpet.node.http.NodeServer;
import dev.limpet.node.http.PinsResource;
import dev.limpet.node.http.Resource;
import dev.limpet.node.http.Router;
import dev.limpet.node.http.StatusResource;
import dev.limpet.node.http.StoreResource;
import dev.limpet.node.invoke.AnswerTimes;
import dev.limpet.node.invoke.GatewayDoor;
import dev.limpet.node.link.Advertised;
import dev.limpet.node.link.GatewayLink;
import dev.limpet.node.link.WitnessLink;
import dev.limpet.node.log.ExecutionLogs;
import dev.limpet.node.metrics.NodeMetrics;
import dev.limpet.node.name.Names;
import dev.limpet.node.rpc.Rpc;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.NodeStatus;
import dev.limpet.protocol.Release;
import dev.limpet.protocol.access.Token;
import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.audit.AuditLog;
import dev.limpet.protocol.config.FolderFormat;
import dev.limpet.protocol.trace.SpanExporter;
import dev.limpet.wasmhost.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A node that runs: its store, its server, and what joins them. */
public final class Node implements AutoCloseable {
  /** How long running requests get when the node stops. */
  static final Duration GRACE = Duration.ofSeconds(10);

  /** Longer than the gateway keeps an idle connection. */
  private static final Duration IDLE = Duration.ofMinutes(5);

  private static final int NAME_CHARS = 8;

  private final NodeConfig config;
  private final NodeIdentity identity;
  private final NodeStore store;
  private final Names names;
  private final NodeMetrics metrics = new NodeMetrics();
  private final Sickness sickness = new Sickness();
  private final String linkToken = Token.random();
  private final Instant startedAt = Instant.now();
  private final String name;
  private final Guests guests;
  private final @Nullable AccessLog accessLog;
  private final @Nullable SpanExporter spans;
  private final AuditLog audit;
  private final Router router;
  private final NodeServer server;
  private final @Nullable TlsDoor tls;
  private final URI url;
  private final @Nullable GatewayLink link;
  private final @Nullable WitnessLink witness;
  private volatile boolean ready = true;

  /** What a node is made of. */
  private record Parts(
      NodeConfig config, NodeIdentity identity, NodeStore store, Names names, Seams seams) {}

  /**
   * Where tests take the place of something.
   *
   * @param answers how long they wait
   * @param sandbox what stands before it
   */
  record Seams(AnswerTimes answers, UnaryOperator<Sandbox> sandbox) {
    /** Those of each node. */
    static final Seams NONE = new Seams(AnswerTimes.STANDARD, UnaryOperator.identity());
  }

  private Node(Parts parts) {
    this.config = parts.config;
    this.identity = parts.identity;
    this.store = parts.store;
    this.names = parts.names;
    this.name = config.name().orElseGet(() -> nameOf(identity));
    this.accessLog = AccessLog.of(config.shown());
    this.spans = SpanExporter.of(config.shown(), "limpet-node", 0);
    this.audit = AuditLog.open(config.dir());
    this.guests = openGuests(parts.seams);
    gauges();
    Router.Logs logs = new Router.Logs(audit, accessLog);
    router = new Router(new Guard(rules()), resources(), metrics, logs, sickness::report);
    server = listen();
    tls = openTls();
    url = config.listen().at().url("http", server.port());
    link = config.gateway().map(this::link).orElse(null);
    witness = link == null ? null : witness(link);
    if (link != null && witness != null) {
      link.start();
      witness.start();
    }
  }

  private Guests openGuests(Seams seams) {
    try {
      Guests.Links links = new Guests.Links(name, this::door, spans, seams.answers, seams.sandbox);
      return Guests.open(config, identity, store, links);
    } catch (RuntimeException e) {
      audit.close();
      throw e;
    }
  }

  private NodeServer listen() {
    try {
      return NodeServer.start(settings(), router);
    } catch (RuntimeException e) {
      audit.close();
      guests.close();
      throw e;
    }
  }

  private @Nullable TlsDoor openTls() {
    try {
      TlsDoor door =
          config.tls().map(place -> TlsDoor.open(place, settings(), router)).orElse(null);
      if (door != null) {
        metrics.gauge(
            "limpet_node_certificate_end_timestamp_seconds",
            "When the certificate for https ends",
            door::certificateEnd);
      }
      return door;
    } catch (RuntimeException e) {
      server.close();
      audit.close();
      guests.close();
      throw e;
    }
  }

  private GatewayLink link(URI gateway) {
    GatewayLink.Self self =
        new GatewayLink.Self(
            gateway,
            config.trust().gateway(),
            config.joinToken().orElse(null),
            identity,
            name,
            advertised(),
            linkToken,
            config.capacity(),
            Release.VERSION,
            config.labels(),
            config.allowFunctions());
    return new GatewayLink(self, store.holdings(), this::load);
  }

  private Advertised advertised() {
    return Advertised.of(
        config.listen().url(),
        config.listen().at().url("http", server.port()),
        config.tls().filter(NodeTls::beyond).isPresent() ? tlsUrl() : Optional.empty());
  }

  private WitnessLink witness(GatewayLink joined) {
    return new WitnessLink(
        config.gateway().orElseThrow(),
        config.trust().gateway(),
        guests.receipts(),
        joined::nodeToken);
  }

  /** Where functions come from; null when this node has no gateway. */
  private @Nullable GatewayDoor door() {
    GatewayLink own = link;
    return own == null
        ? null
        : new GatewayDoor(
            config.gateway().orElseThrow(), config.trust().gateway(), own::newestToken);
  }

  /**
   * Opens the store and starts to listen.
   *
   * @throws LimpetException {@code store-failed} or {@code bad-config} with what to do
   */
  public static Node start(NodeConfig config) {
    return start(config, Seams.NONE);
  }

  /** The same with something in another place. */
  static Node start(NodeConfig config, Seams seams) {
    try {
      Path dir = Files.createDirectories(config.dir());
      FolderFormat.claim(dir, FolderFormat.NODE);
      NodeStore store =
          NodeStore.open(
              dir, config.quotas(), config.syncRule(), StoreSettings.kubo(config.shown()));
      try {
        NodeIdentity identity = NodeIdentity.loadOrCreate(dir.resolve("identity.key"));
        return new Node(new Parts(config, identity, store, Names.open(dir, identity), seams));
      } catch (IOException | RuntimeException e) {
        store.close();
        throw e;
      }
    } catch (DirectoryInUseException e) {
      throw new LimpetException(ErrorCode.BAD_CONFIG, String.valueOf(e.getMessage()), e);
    } catch (IOException | ContentException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private static String nameOf(NodeIdentity identity) {
    String text = identity.peerId().toString();
    return "node-" + text.substring(text.length() - NAME_CHARS).toLowerCase(Locale.ROOT);
  }

  private Guard.Rules rules() {
    return new Guard.Rules(
        config.hosts(), config.origins(), config.tokens(), config.publicData(), linkToken);
  }

  private NodeServer.Settings settings() {
    return new NodeServer.Settings(
        config.listen().at().host(),
        config.listen().at().port(),
        config.maxConnections(),
        config.maxRequests(),
        IDLE,
        NodeServer.MAX_READ,
        NodeServer.MAX_WRITE,
        GRACE,
        null);
  }

  private List<Resource> resources() {
    List<Resource> resources =
        new ArrayList<>(
            List.of(
                new HealthResource(this::whyNotReady, store.backend()),
                new MetricsResource(metrics),
                new StatusResource(this::status),
                new DagsResource(store.kept(), store.holdings(), metrics),
                new PinsResource(store.kept(), store.holdings()),
                new StoreResource(store),
                new DataResource(store, config.publicData()),
                new NameResource(names.records(), config.publicData())));
    resources.addAll(Rpc.resources(rpc()));
    resources.addAll(guests.resources(store.holdings()));
    return resources;
  }

  private Rpc.Parts rpc() {
    return new Rpc.Parts(
        store,
        names,
        metrics,
        identity.peerId(),
        this::url,
        config.origins(),
        config.dir().toAbsolutePath().toString());
  }

  private void gauges() {
    metrics.gauge("limpet_node_stored_bytes", "Bytes on the disk", store::storedBytes);
    metrics.gauge("limpet_node_kept_bytes", "Bytes of kept data on the disk", store::keptBytes);
    metrics.gauge(
        "limpet_node_copied_bytes",
        "Bytes of data that the gateway had this node copy",
        () -> store.fetched().copiedBytes());
    metrics.gauge("limpet_node_blocks_read", "Blocks of data read", () -> store.data().reads());
    metrics.gauge("limpet_node_calls", "Calls under way", () -> guests.load().running());
    metrics.gauge("limpet_node_calls_waiting", "Calls that wait", () -> guests.load().queued());
    guests.count(metrics);
    AccessLog access = accessLog;
    if (access != null) {
      String says = "Lines of the access log that were dropped";
      metrics.counted("limpet_node_access_log_dropped", says, access::dropped);
      String full = "Times in a row that a full access log could not become FILE.1";
      metrics.gauge("limpet_node_access_log_unrotated", full, access::unrotated);
    }
    SpanExporter exporter = spans;
    if (exporter != null) {
      metrics.counted("limpet_node_spans_sent", "Spans that a collector took", exporter::sent);
      metrics.counted("limpet_node_spans_dropped", "Spans that were dropped", exporter::dropped);
    }
    ExecutionLogs logs = guests.logs();
    metrics.gauge("limpet_node_logs", "Logs that are kept", logs::count);
    metrics.gauge("limpet_node_log_bytes", "Bytes of logs on the disk", logs::storedBytes);
    metrics.gauge("limpet_node_logs_dropped", "Logs for which there was no room", logs::dropped);
    metrics.gauge("limpet_node_roots", "DAGs that are kept", () -> store.holdings().roots());
    metrics.gauge(
        "limpet_node_holdings_left_out",
        "Files and directories that found no room to be announced",
        () -> store.holdings().leftOut());
  }

  private NodeStatus status() {
    return new NodeStatus(
        name,
        identity.peerId(),
        Release.VERSION,
        config.gateway().orElse(null),
        link != null && link.isJoined(),
        store.holdings().roots(),
        store.keptBytes(),
        store.quotaBytes(),
        config.capacity(),
        load(),
        startedAt,
        metrics.counts(),
        link == null ? null : link.state(),
        store.backendVersion(),
        unbelieved());
  }

  private Map<String, String> unbelieved() {
    Map<String, String> all = new TreeMap<>(guests.unbelieved());
    String gateways = link == null ? null : link.unbelieved();
    if (gateways != null) {
      config.gateway().ifPresent(url -> all.put(url.toString(), gateways));
    }
    return all;
  }

  private @Nullable String whyNotReady() {
    String sick = sickness.reason();
    if (sick != null) {
      return "the node is sick and will be started again: " + sick;
    }
    return ready ? store.trouble() : "the node takes no requests now";
  }

  /**
   * Takes note of an error that nobody caught. After one that leaves the process in doubt (no
   * memory, no stack) the node is sick: see {@link #sick}.
   */
  public void report(Throwable error) {
    sickness.report(error);
  }

  /** Completes with the reason when this process should be closed and started anew. */
  public CompletableFuture<String> sick() {
    return sickness.sick();
  }

  private Load load() {
    return guests.load();
  }

  /** What opens this node for its gateway, as long as this process lives. */
  String linkToken() {
    return linkToken;
  }

  /** Where it listens, as this machine reaches it. */
  public URI url() {
    return url;
  }

  /** Where it speaks https, as this machine reaches it; empty when it does not. */
  public Optional<URI> tlsUrl() {
    return Optional.ofNullable(tls).map(TlsDoor::url);
  }

  /**
   * Takes nothing new, says goodbye to the gateway, gives running requests ten seconds, and closes
   * the store.
   */
  @Override
  public void close() {
    ready = false;
    router.drain();
    guests.drain();
    try (store;
        audit;
        accessLog;
        spans;
        guests) {
      if (link != null && witness != null) {
        witness.close();
        link.close();
      }
      closeServers();
    }
  }

  /** Both at once, so that they share the time that requests get. */
  private void closeServers() {
    TlsDoor door = tls;
    if (door == null) {
      server.close();
      return;
    }
    CompletableFuture<Void> closing =
        CompletableFuture.runAsync(door::close, task -> Thread.ofVirtual().start(task));
    try {
      server.close();
    } finally {
      closing.join();
    }
  }
}
