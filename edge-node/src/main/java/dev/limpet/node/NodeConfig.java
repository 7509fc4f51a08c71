package dev.limpet.node;

import dev.limpet.node.retrieval.TrustlessGateway;
import dev.limpet.node.store.NodeStore;
import dev.limpet.node.store.SyncRule;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Names;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.access.BindRule;
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
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node is told: every key, its default, and what it means together with others. */
public final class NodeConfig {
  static final ConfigKey<String> LISTEN =
      ConfigKey.address("listen")
          .orElse("127.0.0.1:8641")
          .says("where to listen; port 0 takes a free one; beyond this machine only with a token");

  static final ConfigKey<URI> URL =
      ConfigKey.url("url")
          .says("http or https URL at which others reach this node, unless as it listens");

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

  private static final long LEAST_QUOTA = 1L << 20;
  private static final long LARGEST_QUOTA = 1L << 50;

  static final ConfigKey<Long> QUOTA =
      ConfigKey.bytes("quota", LEAST_QUOTA, LARGEST_QUOTA)
          .orElse("10GiB")
          .says("disk for data that is kept; more is refused");

  static final ConfigKey<Long> FETCHED_QUOTA =
      ConfigKey.bytes("fetched-quota", LEAST_QUOTA, LARGEST_QUOTA)
          .orElse("1GiB")
          .says("disk for data that came from elsewhere for calls; the oldest goes first");

  static final ConfigKey<Long> FUNCTION_QUOTA =
      ConfigKey.bytes("function-quota", LEAST_QUOTA, LARGEST_QUOTA)
          .orElse("256MiB")
          .says("disk for modules of functions; the oldest go first");

  static final ConfigKey<Long> CODE_QUOTA =
      ConfigKey.bytes("code-quota", 0, LARGEST_QUOTA)
          .orElse("512MiB")
          .says("disk for compiled functions");

  static final ConfigKey<Long> LOG_QUOTA =
      ConfigKey.bytes("log-quota", 0, LARGEST_QUOTA)
          .orElse("16MiB")
          .says("disk for logs of functions; the oldest go first; 0 keeps none");

  static final ConfigKey<Long> MEMORY =
      ConfigKey.bytes("max-memory", 1L << 20, LARGEST_QUOTA)
          .says("memory of all guests together; half of the heap without it");

  static final ConfigKey<Integer> CPUS =
      ConfigKey.integer("max-cpus", 1, 1024)
          .says(
              "guests that run at the same time; without it the number of processors, at least 2");

  static final ConfigKey<Long> MIN_FREE =
      ConfigKey.bytes("min-free", 0, LARGEST_QUOTA)
          .orElse("64MiB")
          .says(
              "disk that stays free; with less the node writes nothing new, and reads and runs on");

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

  static final ConfigKey<Integer> REQUESTS =
      ConfigKey.integer("max-requests", 1, 100_000)
          .orElse("512")
          .says("requests under way at the same time; more are refused");

  static final ConfigKey<Integer> CONNECTIONS =
      ConfigKey.integer("max-connections", 1, 100_000)
          .orElse("2048")
          .says("connections open at the same time; more wait");

  /** All keys, in the order of docs/CONFIG.md. */
  public static final ConfigSchema SCHEMA =
      new ConfigSchema(
              "node",
              List.of(
                  LISTEN,
                  URL,
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
                  StoreSettings.STORE,
                  StoreSettings.TOKEN,
                  StoreSettings.REFRESH,
                  QUOTA,
                  FETCHED_QUOTA,
                  FUNCTION_QUOTA,
                  CODE_QUOTA,
                  CompilerSettings.COMPILER,
                  CompilerSettings.MEMORY,
                  CompilerSettings.CPU,
                  CompilerSettings.BUILDERS,
                  LOG_QUOTA,
                  ReceiptSettings.QUOTA,
                  ReceiptSettings.AGE,
                  MemoSettings.QUOTA,
                  MIN_FREE,
                  StoreSettings.SYNC,
                  StoreSettings.SYNC_INTERVAL,
                  LABELS,
                  ALLOW_FUNCTIONS,
                  MEMORY,
                  CPUS,
                  REQUESTS,
                  CONNECTIONS))
          .and(NodeTls.KEYS)
          .and(SeenSettings.KEYS);

  /** A host that takes every address of the machine. */
  private static final List<String> WILDCARDS = List.of("0.0.0.0", "[::]");

  private final Config config;
  private final Trust trust;
  private @Nullable NodeTls tls;

  private NodeConfig(Config config) {
    this.config = config;
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
    loaded.checkBinding();
    loaded.tls = NodeTls.of(loaded.config, loaded.tokens()).orElse(null);
    loaded.checkGateway();
    loaded.checkTerms();
    return loaded;
  }

  private void checkBinding() {
    String listen = config.get(LISTEN);
    BindRule.check(new BindRule.Listen("listen", listen), addresses(), tokens(), TOKEN.name());
    if (WILDCARDS.contains(host()) && gateway().isPresent() && config.find(URL).isEmpty()) {
      throw bad(
          "listen = "
              + listen
              + " names no address that a gateway could reach; add the line: url ="
              + " http://ADDRESS:PORT");
    }
  }

  private List<InetAddress> addresses() {
    try {
      String host = host();
      return Arrays.asList(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG, "listen = " + config.get(LISTEN) + ": unknown host", e);
    }
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

  /** The host to bind, an IPv6 address in brackets. */
  String host() {
    String listen = config.get(LISTEN);
    return listen.substring(0, listen.lastIndexOf(':'));
  }

  /** The port to bind, 0 for a free one. */
  int port() {
    String listen = config.get(LISTEN);
    return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
  }

  /** The base URL on this machine, once the port is known. */
  URI localUrl(int port) {
    String host =
        switch (host()) {
          case "0.0.0.0" -> "127.0.0.1";
          case "[::]" -> "[::1]";
          default -> host();
        };
    return URI.create("http://" + host + ":" + port);
  }

  /** What the gateway is told, when the owner says what. */
  Optional<URI> namedUrl() {
    return config.find(URL);
  }

  /** Names that the node answers for besides loopback. */
  List<String> hosts() {
    List<String> hosts = new ArrayList<>(config.get(HOSTS));
    if (!WILDCARDS.contains(host())) {
      hosts.add(host());
    }
    config.find(URL).ifPresent(url -> hosts.add(url.getHost()));
    tls().filter(tls -> !tls.everywhere()).ifPresent(tls -> hosts.add(tls.host()));
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
    return new NodeStore.Quotas(
        config.get(QUOTA),
        config.get(FETCHED_QUOTA),
        config.get(FUNCTION_QUOTA),
        config.get(MIN_FREE));
  }

  /** When what was added reaches the disk. */
  SyncRule syncRule() {
    return StoreSettings.syncRule(config);
  }

  /** What the owner says about the node, and what the node says itself. */
  Map<String, String> labels() {
    return NodeLabels.of(config.get(LABELS), publicData(), !trustlessGateways().isEmpty());
  }

  /** Gateways outside that are asked for data that no node gives. */
  List<TrustlessGateway> trustlessGateways() {
    return RetrievalSettings.gateways(config);
  }

  /** The only functions that run here; empty for all. */
  List<String> allowFunctions() {
    return config.get(ALLOW_FUNCTIONS);
  }

  /** Bytes of compiled functions on the disk. */
  long codeQuota() {
    return config.get(CODE_QUOTA);
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
    long memory = config.find(MEMORY).orElse(Runtime.getRuntime().maxMemory() / 2);
    int cpus = config.find(CPUS).orElse(Math.max(2, Runtime.getRuntime().availableProcessors()));
    return new Capacity(memory, cpus, memory);
  }

  /** Requests under way at once. */
  int maxRequests() {
    return config.get(REQUESTS);
  }

  /** Connections open at once. */
  int maxConnections() {
    return config.get(CONNECTIONS);
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
