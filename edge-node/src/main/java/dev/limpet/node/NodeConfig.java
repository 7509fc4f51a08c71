package dev.limpet.node;

import dev.limpet.node.retrieval.OutsideServers;
import dev.limpet.node.store.NodeStore;
import dev.limpet.node.store.SyncRule;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Names;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.access.HostRule;
import dev.limpet.protocol.access.OriginRule;
import dev.limpet.protocol.access.Tokens;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import dev.limpet.protocol.config.ConfigSchema;
import dev.limpet.protocol.config.ConfigSource;
import dev.limpet.wasmhost.compiler.CompilerBounds;
import dev.limpet.wasmhost.compiler.TrustedCode;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node is told: every key, its default, and what it means together with others. */
public final class NodeConfig {
  static final ConfigKey<Path> DIR =
      ConfigKey.path("dir").orElse("limpet-node").says("where its data and its key live");

  static final ConfigKey<String> NAME =
      ConfigKey.of("name", "a-z, 0-9, . and -, at most 63", Names::node)
          .says("what people call it; without it a name is made from its key");

  static final ConfigKey<URI> GATEWAY =
      ConfigKey.url("gateway").says("the gateway to join; without it the node stands alone");

  static final ConfigKey<Boolean> PLAIN_GATEWAY =
      ConfigKey.flag("plain-gateway")
          .orElse("false")
          .says("join over http beyond this machine, where tokens travel in clear");

  static final ConfigKey<String> JOIN_TOKEN =
      ConfigKey.secret("join-token").says("what the gateway wants from nodes that join");

  static final ConfigKey<String> TOKEN =
      ConfigKey.secret("token").says("opens everything on this node");

  static final ConfigKey<String> CALLS_TOKEN =
      ConfigKey.secret("calls-token").says("opens the data on this node for reading");

  static final ConfigKey<List<String>> HOSTS =
      ConfigKey.list(ConfigKey.of("hosts", "a host name without a port", NodeConfig::host))
          .says("names that the node answers for, besides those of loopback");

  static final ConfigKey<List<String>> ORIGINS =
      ConfigKey.list(
              ConfigKey.of("origins", "an origin such as https://example.org", NodeConfig::origin))
          .says("web pages that may use this node from a browser");

  static final ConfigKey<Boolean> PUBLIC_DATA =
      ConfigKey.flag("public-data")
          .orElse("false")
          .says("everybody who reaches the node may read all its data under /ipfs");

  static final ConfigKey<List<String>> LABELS =
      ConfigKey.list(ConfigKey.of("labels", "KEY=VALUE", NodeLabels::checked))
          .says("what the node is, for functions that require it");

  static final ConfigKey<List<String>> ALLOW_FUNCTIONS =
      ConfigKey.list(
              ConfigKey.of(
                  "allow-functions",
                  "the word deployed or CIDs of functions and modules",
                  NodeJoin::allowed))
          .says("the only functions that run here; empty for all");

  /** All keys, in the order of docs/CONFIG.md. */
  public static final ConfigSchema SCHEMA =
      new ConfigSchema(
              "node",
              List.of(
                  ListenSettings.LISTEN,
                  ListenSettings.URL,
                  DIR,
                  NAME,
                  GATEWAY,
                  PLAIN_GATEWAY,
                  Trust.GATEWAY_CA,
                  JOIN_TOKEN,
                  TOKEN,
                  CALLS_TOKEN,
                  HOSTS,
                  ORIGINS,
                  PUBLIC_DATA,
                  RetrievalSettings.GATEWAYS,
                  RetrievalSettings.LOCAL_GATEWAYS,
                  RetrievalSettings.ROUTERS,
                  RetrievalSettings.LOCAL_ROUTERS,
                  StoreSettings.STORE,
                  StoreSettings.TOKEN,
                  StoreSettings.REFRESH,
                  RoomSettings.QUOTA,
                  RoomSettings.FETCHED_QUOTA,
                  RoomSettings.FUNCTION_QUOTA,
                  RoomSettings.CODE_QUOTA,
                  CompilerSettings.COMPILER,
                  CompilerSettings.MEMORY,
                  CompilerSettings.CPU,
                  CompilerSettings.BUILDERS,
                  RoomSettings.LOG_QUOTA,
                  ReceiptSettings.QUOTA,
                  ReceiptSettings.AGE,
                  MemoSettings.QUOTA,
                  RoomSettings.MIN_FREE,
                  StoreSettings.SYNC,
                  StoreSettings.SYNC_INTERVAL,
                  LABELS,
                  ALLOW_FUNCTIONS,
                  RoomSettings.MEMORY,
                  RoomSettings.CPUS,
                  ListenSettings.REQUESTS,
                  ListenSettings.CONNECTIONS))
          .and(NodeTls.KEYS)
          .and(SeenSettings.KEYS);

  private final Config config;
  private final ListenSettings listen;
  private final Trust trust;
  private @Nullable NodeTls tls;

  private NodeConfig(Config config) {
    this.config = config;
    this.listen = ListenSettings.of(config);
    this.trust = Trust.of(config, gateway());
  }

  /**
   * Reads the configuration.
   *
   * @param file lines of {@code key = value}, or null
   * @param environment variables; those that start with {@code LIMPET_NODE_} are read
   * @param settings {@code key=value}, which win
   * @throws LimpetException {@code bad-config} for an unknown key, a value that is not allowed, or
   *     a start that would be unsafe; the message has what to write
   */
  public static NodeConfig load(
      @Nullable Path file, Map<String, String> environment, List<String> settings) {
    NodeConfig loaded = new NodeConfig(SCHEMA.load(new ConfigSource(file, environment, settings)));
    loaded.listen.check(loaded.tokens(), loaded.gateway().isPresent());
    loaded.tls = NodeTls.of(loaded.config, loaded.tokens()).orElse(null);
    loaded.checkGateway();
    loaded.checkTerms();
    return loaded;
  }

  private void checkGateway() {
    Optional<URI> gateway = gateway();
    if (gateway.isEmpty() || config.get(PLAIN_GATEWAY)) {
      return;
    }
    URI url = gateway.get();
    if (url.getScheme().equals("http") && !isLoopback(url.getHost())) {
      throw bad(
          "gateway = "
              + url
              + " is beyond this machine, and over http everybody on the way reads the tokens; use"
              + " https, or add the line: plain-gateway = true");
    }
  }

  private void checkTerms() {
    if (config.get(ALLOW_FUNCTIONS).size() > NodeJoin.MAX_ALLOWED_FUNCTIONS) {
      throw bad("allow-functions has more than " + NodeJoin.MAX_ALLOWED_FUNCTIONS + " items");
    }
    try {
      NodeLabels.of(config.get(LABELS));
    } catch (IllegalArgumentException e) {
      throw bad("labels: " + e.getMessage());
    }
    RetrievalSettings.check(config);
  }

  private static String host(String text) {
    var _ = new HostRule(List.of(text));
    return text;
  }

  private static String origin(String text) {
    var _ = new OriginRule(List.of(text));
    return text;
  }

  private static boolean isLoopback(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name: what it resolves to may change
    }
  }

  private static LimpetException bad(String detail) {
    return new LimpetException(ErrorCode.BAD_CONFIG, detail);
  }

  /** Where it listens without TLS, and at which URL others reach it. */
  ListenSettings listen() {
    return listen;
  }

  /** Names that the node answers for besides loopback. */
  List<String> hosts() {
    List<String> hosts = new ArrayList<>(config.get(HOSTS));
    if (!listen.at().isEverywhere()) {
      hosts.add(listen.at().host());
    }
    listen.url().ifPresent(url -> hosts.add(url.getHost()));
    tls()
        .map(NodeTls::listen)
        .filter(at -> !at.isEverywhere())
        .ifPresent(at -> hosts.add(at.host()));
    return List.copyOf(hosts);
  }

  /** Origins of pages that are trusted. */
  List<String> origins() {
    return config.get(ORIGINS);
  }

  /** https, if it is spoken. */
  Optional<NodeTls> tls() {
    return Optional.ofNullable(tls);
  }

  /** The tokens that open this node. */
  Tokens tokens() {
    return new Tokens(config.find(TOKEN).orElse(null), config.find(CALLS_TOKEN).orElse(null), null);
  }

  /** Whether data needs no token. */
  boolean publicData() {
    return config.get(PUBLIC_DATA);
  }

  /** The folder of this node. */
  Path dir() {
    return config.get(DIR);
  }

  /** The name that it was given. */
  Optional<String> name() {
    return config.find(NAME);
  }

  /** The gateway to join. */
  Optional<URI> gateway() {
    return config.find(GATEWAY);
  }

  /** Whom to believe there, and at other nodes. */
  Trust trust() {
    return trust;
  }

  /** What the gateway wants from nodes that join. */
  Optional<String> joinToken() {
    return config.find(JOIN_TOKEN);
  }

  /** How much of the disk the parts of the store may take. */
  NodeStore.Quotas quotas() {
    return RoomSettings.quotas(config);
  }

  /** When what was added reaches the disk. */
  SyncRule syncRule() {
    return StoreSettings.syncRule(config);
  }

  /** What the owner says about the node, and what the node says itself. */
  Map<String, String> labels() {
    return NodeLabels.of(config.get(LABELS), publicData(), !outside().isEmpty());
  }

  /** Servers outside that are asked for data that no node gives. */
  OutsideServers outside() {
    return RetrievalSettings.outside(config, hosts());
  }

  /** The only functions that run here; empty for all. */
  List<String> allowFunctions() {
    return config.get(ALLOW_FUNCTIONS);
  }

  /** Bytes of compiled functions on the disk. */
  long codeQuota() {
    return config.get(RoomSettings.CODE_QUOTA);
  }

  /** What the process may take that compiles; null when this one does. */
  @Nullable CompilerBounds compiler() {
    return CompilerSettings.bounds(config);
  }

  /** Code that others may have made for this node; null when nobody is trusted with it. */
  @Nullable TrustedCode builtCode() {
    return CompilerSettings.builtCode(config, dir());
  }

  /** What guests may take: memory of all, how many at once, and the largest one. */
  Capacity capacity() {
    return RoomSettings.capacity(config);
  }

  /** Requests under way at once. */
  int maxRequests() {
    return config.get(ListenSettings.REQUESTS);
  }

  /** Connections open at once. */
  int maxConnections() {
    return config.get(ListenSettings.CONNECTIONS);
  }

  /** All keys with their values, for {@code config show}; secrets masked. */
  public Config shown() {
    return config;
  }

  /** One {@code key = value} a line; secrets masked. */
  @Override
  public String toString() {
    return config.toString();
  }
}
