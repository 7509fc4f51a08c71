package dev.limpet.node.retrieval;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.Release;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * The gateways outside that a node's owner listed, and how they and others are asked: over
 * connections to addresses that were checked, which serve one answer after the other as long as one
 * follows soon ({@link IdleConnections}), without a proxy, and redirects are not followed. One that
 * wants to be left alone for some time is not asked in that time, for no call.
 */
public final class TrustlessGateways implements AutoCloseable {
  /** Addresses of one name that are tried: some of each kind. */
  static final int MAX_TRIED_ADDRESSES = 4;

  /** A gateway may not rule itself out for longer than this. */
  static final Duration MAX_REST = Duration.ofMinutes(10);

  /** Gateways whose rest is remembered; routers name ever new ones. */
  static final int MAX_RESTING_GATEWAYS = 1000;

  private static final System.Logger LOG = System.getLogger(TrustlessGateways.class.getName());
  private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration DEFAULT_REST = Duration.ofSeconds(10);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  private final List<TrustlessGateway> gateways;
  private final Ground ground;
  private final Cache<TrustlessGateway, Long> restUntil =
      Caffeine.newBuilder().maximumSize(MAX_RESTING_GATEWAYS).executor(Runnable::run).build();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final IdleConnections idle = new IdleConnections();
  private volatile boolean closed;

  /**
   * How long the steps of an answer may take.
   *
   * @param connect name, connection and TLS, for each address
   * @param head until the head of the answer; a gateway may have to look for the data itself
   * @param window in which at least {@code leastBytes} of a body must come
   */
  record Pace(Duration connect, Duration head, Duration window, long leastBytes) {
    static final Pace STANDARD =
        new Pace(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(10), 10 << 10);
  }

  /**
   * What connections are made with.
   *
   * @param tls asked for the first connection that needs it: it reads the machine's certificates
   */
  record Ground(
      ScheduledExecutorService timer,
      AddressRule rule,
      Pace pace,
      Supplier<SSLSocketFactory> tls) {}

  /**
   * Connects to nobody yet.
   *
   * @param gateways in the order in which they are asked
   * @param timer ends what takes too long; used as long as this is open
   */
  public TrustlessGateways(List<TrustlessGateway> gateways, ScheduledExecutorService timer) {
    this(
        gateways,
        new Ground(
            timer,
            new AddressRule(InetAddress::getAllByName),
            Pace.STANDARD,
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault()));
  }

  TrustlessGateways(List<TrustlessGateway> gateways, Ground ground) {
    this.gateways = List.copyOf(gateways);
    this.ground = ground;
  }

  /** Them all. */
  public List<TrustlessGateway> all() {
    return gateways;
  }

  /**
   * Asks one.
   *
   * @param target path and query
   * @param accept the media type
   * @param left how long the whole answer may take
   * @return whatever it answers; to be closed
   * @throws LimpetException {@code overloaded} with the time when it may be asked again, {@code
   *     unreachable} when no head comes
   */
  public TrustlessAnswer get(
      TrustlessGateway gateway, String target, String accept, Duration left) {
    requireRested(gateway);
    try {
      TrustlessAnswer answer = ask(gateway, request(gateway, target, accept), left);
      if (answer.status() == TOO_MANY_REQUESTS
          || (answer.status() == UNAVAILABLE && answer.retryAfter().isPresent())) {
        answer.close();
        throw rests(gateway, answer.retryAfter().orElse(DEFAULT_REST));
      }
      return answer;
    } catch (IOException e) {
      throw new LimpetException(
          ErrorCode.UNREACHABLE, gateway + " gives no answer: " + e.getMessage(), e);
    }
  }

  private static byte[] request(TrustlessGateway gateway, String target, String accept) {
    String text =
        "GET "
            + gateway.url().getRawPath()
            + target
            + " HTTP/1.1\r\nHost: "
            + gateway.url().getRawAuthority()
            + "\r\nAccept: "
            + accept
            + "\r\nUser-Agent: limpet/"
            + Release.VERSION
            + "\r\n\r\n";
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A connection that was idle may be gone by now; nobody knows before it is asked. */
  private TrustlessAnswer ask(TrustlessGateway gateway, byte[] request, Duration left)
      throws IOException {
    long end = System.nanoTime() + left.toNanos();
    Connection used = idle.take(gateway);
    if (used != null) {
      try {
        return ask(gateway, used, request, end);
      } catch (IOException e) {
        if (used.isAnswered()) {
          throw e;
        }
        LOG.log(Level.DEBUG, "a connection that was idle does not answer", e);
      }
    }
    return ask(gateway, connect(gateway, end), request, end);
  }

  private TrustlessAnswer ask(
      TrustlessGateway gateway, Connection connection, byte[] request, long end)
      throws IOException {
    try {
      connection.endIn(least(ground.pace.head, end), "it took too long to answer");
      connection.send(request);
      TrustlessAnswer answer =
          TrustlessAnswer.read(connection, behind -> idle.keep(gateway, behind));
      connection.calm();
      connection.endIn(least(FOREVER, end), "the time was over");
      connection.keepPace(ground.pace.window, ground.pace.leastBytes);
      return answer;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Connection connect(TrustlessGateway gateway, long end) throws IOException {
    IOException last = new IOException("it has no address");
    List<InetAddress> addresses = ground.rule.resolve(gateway, least(ground.pace.connect, end));
    for (InetAddress address : addresses.stream().limit(MAX_TRIED_ADDRESSES).toList()) {
      Connection connection = opened();
      try {
        connection.endIn(least(ground.pace.connect, end), "it took too long to connect");
        connection.open(address, gateway, ground.tls);
        connection.calm();
        return connection;
      } catch (IOException e) {
        connection.close();
        last = e;
      } catch (RuntimeException e) {
        connection.close();
        throw e;
      }
    }
    throw last;
  }

  private Connection opened() throws IOException {
    Connection connection = new Connection(ground.timer, open);
    if (closed) {
      connection.close();
      throw new IOException("the node stops");
    }
    return connection;
  }

  private static Duration least(Duration time, long endNanos) {
    long left = Math.max(0, endNanos - System.nanoTime());
    return time.toNanos() < left ? time : Duration.ofNanos(left);
  }

  private void requireRested(TrustlessGateway gateway) {
    Long until = restUntil.getIfPresent(gateway);
    if (until == null) {
      return;
    }
    long left = until - System.nanoTime();
    if (left > 0) {
      throw resting(gateway, Duration.ofNanos(left));
    }
    restUntil.asMap().remove(gateway, until);
  }

  private LimpetException rests(TrustlessGateway gateway, Duration wanted) {
    Duration rest = wanted.compareTo(MAX_REST) < 0 ? wanted : MAX_REST;
    restUntil.put(gateway, System.nanoTime() + rest.toNanos());
    return resting(gateway, rest);
  }

  private static LimpetException resting(TrustlessGateway gateway, Duration rest) {
    return new LimpetException(
        Problem.of(ErrorCode.OVERLOADED, gateway + " wants to be left alone for some time")
            .withRetryAfter(rest));
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    closed = true;
    open.forEach(connection -> connection.end("the node stops"));
  }
}
