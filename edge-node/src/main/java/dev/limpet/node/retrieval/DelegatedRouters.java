package dev.limpet.node.retrieval;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The delegated routers that a node's owner listed, and how they are asked for gateways that have
 * data (Delegated Routing V1 HTTP API, {@code /routing/v1/providers}, with the filters of
 * IPIP-484). What was found before an answer broke off or took too long counts.
 */
public final class DelegatedRouters {
  /** Some hundred records in one document or one line each; more is not read. */
  static final int MAX_ROUTER_ANSWER_BYTES = 1 << 20;

  /** Records of one answer that are looked at. */
  static final int MAX_ROUTER_RECORDS = 1000;

  /** Answers that nobody has it which are remembered; some 200 bytes each. */
  static final int MAX_NOBODIES = 10_000;

  /** How long each counts: somebody may announce the data at any moment. */
  static final Duration MAX_NOBODY_AGE = Duration.ofSeconds(10);

  /** How long one router may look for providers; then those count that it has named. */
  static final Duration MAX_ROUTER_TIME = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger(DelegatedRouters.class.getName());
  private static final String LINES = "application/x-ndjson";
  private static final String ACCEPT = LINES + ", " + Json.MEDIA_TYPE;

  /** Addresses of HTTP over TLS are written in two ways, and a filter takes only one of them. */
  private static final String FILTERS =
      "?filter-protocols=transport-ipfs-gateway-http&filter-addrs=https,tls";

  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final OutsideServers servers;
  private final TrustlessGateways http;
  private final Cache<Asked, Boolean> nobody;

  /** Who was asked for what. */
  private record Asked(DelegatedRouter router, Cid root) {}

  /**
   * Asks nobody yet.
   *
   * @param http how servers outside are asked
   */
  public DelegatedRouters(OutsideServers servers, TrustlessGateways http) {
    this(servers, http, System::nanoTime);
  }

  /** The same by another clock, in nanoseconds. */
  DelegatedRouters(OutsideServers servers, TrustlessGateways http, Ticker ticker) {
    this.servers = servers;
    this.http = http;
    this.nobody =
        Caffeine.newBuilder()
            .maximumSize(MAX_NOBODIES)
            .expireAfterWrite(MAX_NOBODY_AGE)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /** Them all, in the order in which they are asked. */
  public List<DelegatedRouter> all() {
    return servers.routers();
  }

  /**
   * Asks one who has data; not when it said a moment ago that nobody new has it.
   *
   * @param root what is looked for
   * @param left how long the call may take
   * @return gateways that are not in the owner's list, a few at most
   * @throws LimpetException what {@link TrustlessGateways#get} throws, {@code node-failed} when it
   *     answers something else than it should
   */
  public List<TrustlessGateway> find(DelegatedRouter router, Cid root, Duration left) {
    Asked asked = new Asked(router, root.toV1());
    if (nobody.getIfPresent(asked) != null) {
      return List.of();
    }
    FoundGateways found = new FoundGateways(servers.ownHosts());
    boolean whole = ask(router, root, left, found);
    List<TrustlessGateway> unlisted = unlisted(found);
    if (whole && unlisted.isEmpty()) {
      nobody.put(asked, Boolean.TRUE);
    }
    return unlisted;
  }

  /** Whether the answer came to its end. */
  private boolean ask(DelegatedRouter router, Cid root, Duration left, FoundGateways found) {
    String target = "/routing/v1/providers/" + root.toV1() + FILTERS;
    Duration most = left.compareTo(MAX_ROUTER_TIME) < 0 ? left : MAX_ROUTER_TIME;
    try (TrustlessAnswer answer = http.get(router.server(), target, ACCEPT, most)) {
      if (answer.status() != NOT_FOUND) {
        read(answer, found);
      }
      return true;
    } catch (IOException e) {
      if (found.all().isEmpty()) {
        throw new LimpetException(ErrorCode.NODE_FAILED, router + ": " + e.getMessage(), e);
      }
      LOG.log(Level.DEBUG, "the router {0} named some, and then failed: {1}", router, e);
      return false;
    }
  }

  /** Those of the owner's list have been asked. */
  private List<TrustlessGateway> unlisted(FoundGateways found) {
    Set<TrustlessGateway> listed = Set.copyOf(servers.gateways());
    return found.all().stream().filter(gateway -> !listed.contains(gateway)).toList();
  }

  private static void read(TrustlessAnswer answer, FoundGateways found) throws IOException {
    if (answer.status() != OK) {
      String more = answer.status() / 100 == 3 ? ", and redirects are not followed" : "";
      throw new IOException("it answered with status " + answer.status() + more);
    }
    InputStream body = new BufferedInputStream(answer.body());
    switch (answer.mediaType()) {
      case LINES -> readLines(body, found);
      case Json.MEDIA_TYPE -> readDocument(body, found);
      default -> throw new IOException("it answered neither JSON nor lines of JSON");
    }
  }

  private static void readDocument(InputStream body, FoundGateways found) throws IOException {
    byte[] json = body.readNBytes(MAX_ROUTER_ANSWER_BYTES + 1);
    if (json.length > MAX_ROUTER_ANSWER_BYTES) {
      throw tooLarge();
    }
    if (json(json) instanceof Map<?, ?> fields && fields.get("Providers") instanceof List<?> all) {
      all.stream().limit(MAX_ROUTER_RECORDS).forEach(found::add);
    }
  }

  /** Ends early when enough are found: a router may go on looking for a minute. */
  private static void readLines(InputStream body, FoundGateways found) throws IOException {
    int left = MAX_ROUTER_ANSWER_BYTES;
    for (int records = 0; records < MAX_ROUTER_RECORDS && !found.isFull(); records++) {
      byte[] line = line(body, left);
      if (line == null) {
        return;
      }
      left -= line.length + 1;
      if (!isBlank(line)) {
        found.add(json(line));
      }
    }
  }

  /** Without its end; null behind the last. */
  private static byte @Nullable [] line(InputStream body, int most) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = body.read(); next != '\n'; next = body.read()) {
      if (next < 0) {
        return line.size() == 0 ? null : line.toByteArray();
      }
      if (line.size() >= most) {
        throw tooLarge();
      }
      line.write(next);
    }
    return line.toByteArray();
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  private static Object json(byte[] text) throws IOException {
    try {
      return Json.readAny(text, MAX_ROUTER_ANSWER_BYTES);
    } catch (LimpetException e) {
      throw new IOException("it answered no JSON: " + e.getMessage(), e);
    }
  }

  private static IOException tooLarge() {
    return new IOException("it answered more than " + MAX_ROUTER_ANSWER_BYTES + " bytes");
  }
}
