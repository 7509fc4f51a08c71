package dev.limpet.gateway;

import dev.limpet.gateway.audit.AuditSettings;
import dev.limpet.gateway.call.CallPolicy;
import dev.limpet.gateway.copy.CopySettings;
import dev.limpet.gateway.http.Pages;
import dev.limpet.gateway.placement.CallRoom;
import dev.limpet.protocol.ListenAddress;
import dev.limpet.protocol.access.HostRule;
import dev.limpet.protocol.access.OriginRule;
import dev.limpet.protocol.accesslog.AccessLog;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import dev.limpet.protocol.config.ConfigSchema;
import dev.limpet.protocol.config.ConfigSource;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.TlsSettings;
import dev.limpet.protocol.tls.TrustSettings;
import dev.limpet.protocol.trace.SpanExporter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a gateway is told at its start; {@code docs/CONFIG.md} has the table. */
public final class GatewayConfig {
  private static final ConfigKey<ListenAddress> LISTEN =
      ConfigKey.address("listen")
          .orElse("127.0.0.1:8640")
          .says("Where callers and nodes reach the gateway; port 0 means a free one.");

  private static final ConfigKey<Path> DIR =
      ConfigKey.path("dir")
          .orElse("limpet-gateway")
          .says("The folder of its database and functions; one process at a time.");

  private static final ConfigKey<String> TOKEN =
      ConfigKey.secret("token").says("Opens everything; needed to listen beyond loopback.");

  private static final ConfigKey<String> CALLS_TOKEN =
      ConfigKey.secret("calls-token").says("Opens calls and reading data.");

  private static final ConfigKey<String> JOIN_TOKEN =
      ConfigKey.secret("join-token").says("What nodes show to join; opens nothing else.");

  private static final ConfigKey<String> APPROVE_NODES =
      ConfigKey.choice("approve-nodes", List.of("automatic", "by-hand"))
          .orElse("automatic")
          .says(
              "Whether a node that may join gets calls at once, or after `limpet nodes approve`.");

  private static final ConfigKey<Boolean> DIAL_LOCAL =
      ConfigKey.flag("dial-local")
          .orElse("false")
          .says(
              "Connect to loopback, link-local and metadata addresses also for nodes that joined"
                  + " from elsewhere.");

  private static final ConfigKey<List<String>> HOSTS =
      ConfigKey.list(
              ConfigKey.of(
                  "hosts",
                  "a host name",
                  text -> {
                    var _ = new HostRule(List.of(text));
                    return text;
                  }))
          .says("Names, besides loopback and the address of listen, that it answers for.");

  private static final ConfigKey<List<String>> ORIGINS =
      ConfigKey.list(
              ConfigKey.of(
                  "origins",
                  "an origin such as https://console.example",
                  text -> {
                    var _ = new OriginRule(List.of(text));
                    return text;
                  }))
          .says("Origins whose pages may call functions and change the gateway.");

  private static final ConfigKey<List<String>> CALL_ORIGINS =
      ConfigKey.list(
              ConfigKey.of(
                  "call-origins",
                  "an origin such as https://shop.example, or *",
                  text -> {
                    var _ = new Pages(List.of(), List.of(text));
                    return text;
                  }))
          .says(
              "Origins whose pages may call functions and read data with fetch(); with * all pages"
                  + " may, as the public.");

  private static final ConfigKey<Boolean> PUBLIC_CALLS =
      ConfigKey.flag("public-calls")
          .orElse("false")
          .says("Anybody may call deployed names on data that is held.");

  private static final ConfigKey<Boolean> PUBLIC_DATA =
      ConfigKey.flag("public-data").orElse("false").says("Anybody may read data below /ipfs.");

  private static final ConfigKey<Boolean> IMMUTABLE =
      ConfigKey.flag("immutable")
          .orElse("false")
          .says("Answers that are named by CIDs alone say immutable to caches.");

  private static final ConfigKey<Long> FUNCTION_QUOTA =
      ConfigKey.bytes("function-quota", 16L << 20, 1L << 40)
          .orElse("1GiB")
          .says("Bytes on the disk that functions may have.");

  private static final ConfigKey<Long> MIN_FREE =
      ConfigKey.bytes("min-free", 0, 1L << 50)
          .orElse("64MiB")
          .says("Disk that stays free; with less nothing is deployed, and all else goes on.");

  private static final ConfigKey<Integer> MAX_CALLS =
      ConfigKey.integer("max-calls", 1, 10_000)
          .orElse("256")
          .says("Calls at once; more are answered 429. Each may hold 64 KiB of its body.");

  private static final ConfigKey<Integer> MAX_FUNCTION_CALLS =
      ConfigKey.integer("max-function-calls", 0, 10_000)
          .orElse("0")
          .says("Calls of one function at once; 0 means three quarters of `max-calls`.");

  private static final ConfigKey<Integer> MAX_CALLER_CALLS =
      ConfigKey.integer("max-caller-calls", 0, 10_000)
          .orElse("0")
          .says(
              "Calls at once from one address, or one /64 network of IPv6; 0 means three quarters"
                  + " of `max-calls`. Behind a proxy all callers are one address: set it to"
                  + " `max-calls` there.");

  private static final ConfigKey<Integer> MIN_NODE_CALLS =
      ConfigKey.integer("min-node-calls", 0, 10_000)
          .orElse("0")
          .says(
              "Calls that one node may have at once, at least; the gateway finds out by itself how"
                  + " many more. 0 means twice as many as the node runs at once.");

  private static final ConfigKey<Integer> MAX_NODE_CALLS =
      ConfigKey.integer("max-node-calls", 1, 10_000)
          .orElse("256")
          .says(
              "The same at most, and never more than 256 at a node by https; equal to"
                  + " `min-node-calls` it fixes the number.");

  private static final ConfigKey<Boolean> HEDGE_CALLS =
      ConfigKey.flag("hedge-calls")
          .orElse("false")
          .says(
              "A call without a body of a pure function goes to a second node that has its data,"
                  + " when the first takes longer than nineteen of twenty calls of it do.");

  private static final ConfigKey<Integer> MAX_CONNECTIONS =
      ConfigKey.integer("max-connections", 16, 100_000)
          .orElse("2048")
          .says("Connections of callers and nodes at once; more are closed.");

  private static final ConfigKey<Long> MAX_BODY =
      ConfigKey.bytes("max-body", 1 << 10, 1L << 50)
          .orElse("1GiB")
          .says("Body of a call; it streams and takes no memory.");

  private static final ConfigKey<Integer> MAX_HOLDINGS =
      ConfigKey.integer("max-holdings", 1000, 100_000_000)
          .orElse("1000000")
          .says("Pairs of CID and node that it remembers, at 30 to 100 bytes of memory each.");

  private static final ConfigKey<Duration> HEARTBEAT =
      ConfigKey.duration("heartbeat", Duration.ofMillis(50), Duration.ofMinutes(1))
          .orElse("2s")
          .says("How often nodes say that they are here; after three missed ones a node is away.");

  /** All keys, in the order of the documentation. */
  public static final ConfigSchema SCHEMA =
      new ConfigSchema(
          "gateway",
          List.of(
              LISTEN,
              TlsSettings.LISTEN,
              TlsSettings.CERTIFICATE,
              TlsSettings.KEY,
              TrustSettings.NODE_CA,
              DIR,
              TOKEN,
              CALLS_TOKEN,
              JOIN_TOKEN,
              APPROVE_NODES,
              DIAL_LOCAL,
              HOSTS,
              ORIGINS,
              CALL_ORIGINS,
              PUBLIC_CALLS,
              PUBLIC_DATA,
              IMMUTABLE,
              FUNCTION_QUOTA,
              MIN_FREE,
              MAX_CALLS,
              MAX_FUNCTION_CALLS,
              MAX_CALLER_CALLS,
              MIN_NODE_CALLS,
              MAX_NODE_CALLS,
              HEDGE_CALLS,
              MAX_CONNECTIONS,
              MAX_BODY,
              MAX_HOLDINGS,
              CopySettings.BUDGET,
              AuditSettings.SHARE,
              HEARTBEAT,
              MemoSettings.MEMORY,
              AccessLog.TARGET,
              SpanExporter.ENDPOINT,
              SpanExporter.PERCENT));

  private final Config config;
  private final Authorities nodeAuthorities;

  private GatewayConfig(Config config) {
    this.config = config;
    this.nodeAuthorities = TrustSettings.nodes(config);
  }

  /**
   * Reads the configuration of a start; later places win.
   *
   * @param file lines of {@code key = value}, or null
   * @param environment variables; those that start with {@code LIMPET_GATEWAY_} count
   * @param settings arguments of {@code --set}
   * @throws dev.limpet.protocol.LimpetException {@code bad-config}
   */
  public static GatewayConfig load(
      @Nullable Path file, Map<String, String> environment, List<String> settings) {
    return new GatewayConfig(SCHEMA.load(new ConfigSource(file, environment, settings)));
  }

  /** {@code HOST:PORT}. */
  public ListenAddress listen() {
    return config.get(LISTEN);
  }

  /** https, if it is spoken. */
  Optional<TlsSettings> tls() {
    return TlsSettings.of(config);
  }

  /** Whom to believe at nodes. */
  Authorities nodeAuthorities() {
    return nodeAuthorities;
  }

  /** Opens the log of all requests, if there is to be one. */
  @Nullable AccessLog openAccessLog() {
    return AccessLog.of(config);
  }

  /** Sends spans of calls, if somebody takes them. */
  @Nullable SpanExporter openSpans() {
    return SpanExporter.of(config, "limpet-gateway", config.get(SpanExporter.PERCENT));
  }

  /** Memory for answers that are given again. */
  long memoBytes() {
    return MemoSettings.memory(config);
  }

  /** The share of answers that is made again elsewhere. */
  double audit() {
    return config.get(AuditSettings.SHARE);
  }

  /** Its folder. */
  public Path dir() {
    return config.get(DIR);
  }

  /** The token of management. */
  Optional<String> token() {
    return config.find(TOKEN);
  }

  /** The token of calls. */
  Optional<String> callsToken() {
    return config.find(CALLS_TOKEN);
  }

  /** The token of joining. */
  Optional<String> joinToken() {
    return config.find(JOIN_TOKEN);
  }

  /** Whether somebody must approve a new node. */
  boolean approveByHand() {
    return config.get(APPROVE_NODES).equals("by-hand");
  }

  /** Whether local addresses are dialled for nodes from elsewhere. */
  boolean dialLocal() {
    return config.get(DIAL_LOCAL);
  }

  /** Further hosts. */
  List<String> hosts() {
    return config.get(HOSTS);
  }

  /** Trusted origins. */
  List<String> origins() {
    return config.get(ORIGINS);
  }

  /** Origins whose pages may call and read. */
  List<String> callOrigins() {
    return config.get(CALL_ORIGINS);
  }

  /** Whether anybody may call deployed names. */
  boolean publicCalls() {
    return config.get(PUBLIC_CALLS);
  }

  /** Whether anybody may read data. */
  boolean publicData() {
    return config.get(PUBLIC_DATA);
  }

  /** Whether caches may be told {@code immutable}. */
  boolean immutable() {
    return config.get(IMMUTABLE);
  }

  /** Bytes for functions. */
  long functionQuota() {
    return config.get(FUNCTION_QUOTA);
  }

  /** Bytes of the disk that stay free. */
  long minFree() {
    return config.get(MIN_FREE);
  }

  /** Calls at once. */
  int maxCalls() {
    return config.get(MAX_CALLS);
  }

  /** Calls of one caller and one function at once. */
  CallPolicy.Shares shares() {
    return new CallPolicy.Shares(config.get(MAX_CALLER_CALLS), config.get(MAX_FUNCTION_CALLS));
  }

  /** Calls of one node at once. */
  CallRoom nodeCalls() {
    return new CallRoom(config.get(MIN_NODE_CALLS), config.get(MAX_NODE_CALLS));
  }

  /** Whether slow calls go to a second node. */
  boolean hedgeCalls() {
    return config.get(HEDGE_CALLS);
  }

  /** Connections at once. */
  int maxConnections() {
    return config.get(MAX_CONNECTIONS);
  }

  /** Bytes of a call's body. */
  long maxBody() {
    return config.get(MAX_BODY);
  }

  /** Pairs of CID and node. */
  int maxHoldings() {
    return config.get(MAX_HOLDINGS);
  }

  /** Bytes a minute for copies of hot data. */
  long copyBudget() {
    return config.get(CopySettings.BUDGET);
  }

  /** Between two heartbeats of a node. */
  Duration heartbeat() {
    return config.get(HEARTBEAT);
  }

  /** All keys with their values, for {@code config show}; secrets masked. */
  public Config shown() {
    return config;
  }
}
