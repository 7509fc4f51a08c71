package dev.limpet.gateway.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what callers can hold by doing nothing: the number of connections, and the time in which
 * the head of a request must be there. A caller that sends a byte now and then is never idle, so
 * what counts is the time since the connection last had a request, not since it last had a byte.
 */
final class ConnectionGuard {
  /**
   * Time for the next head of a connection; above what clients keep connections for (60 s), so that
   * it is they who close.
   */
  static final Duration MAX_HEAD_TIME = Duration.ofSeconds(75);

  private static final System.Logger LOG = System.getLogger(ConnectionGuard.class.getName());

  private final int maxConnections;
  private final Map<HttpConnection, State> open = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  /** A connection, as it is told by who answers a request on it. */
  interface Line {
    /** The answer has ended, or its caller has gone. */
    void answered();

    /** Nobody knows where this request ends, so nothing after it is one. */
    void isLast();
  }

  private static final class State implements Line {
    private final AtomicInteger requests = new AtomicInteger();
    private volatile long idleSince = System.nanoTime();
    private volatile boolean last;

    @Override
    public void answered() {
      idleSince = System.nanoTime();
      requests.decrementAndGet();
    }

    @Override
    public void isLast() {
      last = true;
    }
  }

  ConnectionGuard(int maxConnections) {
    this.maxConnections = maxConnections;
  }

  /** A caller has connected. */
  void opened(HttpConnection connection) {
    connection.exceptionHandler(e -> LOG.log(Level.DEBUG, "a caller's connection failed", e));
    if (open.size() >= maxConnections) {
      refused.incrementAndGet();
      connection.close();
      return;
    }
    open.put(connection, new State());
    connection.closeHandler(_ -> open.remove(connection));
  }

  /** Whether what came is behind the {@link Line#isLast last} request of its connection. */
  boolean isBehindLast(HttpServerRequest request) {
    State state = open.get(request.connection());
    return state != null && state.last;
  }

  /**
   * The head of a request is there.
   *
   * @return who is told of it; null when it only looks like a request, behind the {@link
   *     Line#isLast last}
   */
  @Nullable Line begins(HttpServerRequest request) {
    State known = open.get(request.connection());
    State state = known == null ? new State() : known; // one that was closed meanwhile
    if (state.last) {
      return null;
    }
    state.requests.incrementAndGet();
    return state;
  }

  /** Requests whose answers have not ended, of connections that are open. */
  int active() {
    return open.values().stream().mapToInt(state -> state.requests.get()).sum();
  }

  /** Closes connections whose next head is too long in coming; called every few seconds. */
  void sweep() {
    long now = System.nanoTime();
    open.forEach(
        (connection, state) -> {
          boolean waiting = state.requests.get() == 0;
          if (waiting && now - state.idleSince > MAX_HEAD_TIME.toNanos()) {
            connection.close();
          }
        });
  }

  int connections() {
    return open.size();
  }

  long refused() {
    return refused.get();
  }
}
