package dev.limpet.gateway.proxy;

import dev.limpet.protocol.tls.TlsRoom;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections by https to one node that wait for their next request. Each event loop keeps those
 * that it made, for a minute, and knows nothing of the others: a gateway with many would fill the
 * node's places with connections that nobody uses. What more than a few are closed when their
 * answer has ended.
 *
 * <p>A caller who reads slowly sees the end of an answer long after the connection had it, when
 * that may be closed or have its next request: only the end of its last request counts.
 */
final class KeptConnections {
  /** Half of what a node has for all but calls; a quarter of the calls that it takes at once. */
  static final int MAX_KEPT_TLS = TlsRoom.MAX_TLS_OTHERS / 2;

  private final int most;
  private final Map<HttpConnection, HttpClientRequest> used = new ConcurrentHashMap<>();
  private final Set<HttpConnection> kept = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();

  KeptConnections() {
    this(MAX_KEPT_TLS);
  }

  KeptConnections(int most) {
    this.most = most;
  }

  /** A request begins, on a connection that was made for it or kept. To be told on its loop. */
  void uses(HttpClientRequest request) {
    HttpConnection connection = request.connection();
    forget(connection);
    used.put(connection, request);
    connection.closeHandler(
        _ -> {
          used.remove(connection);
          forget(connection);
        });
    request
        .response()
        .compose(HttpClientResponse::end)
        .onComplete(
            end -> {
              if (used.remove(connection, request) && end.succeeded()) {
                rests(connection);
              }
            });
  }

  private void rests(HttpConnection connection) {
    if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      connection.close();
    } else {
      kept.add(connection);
    }
  }

  private void forget(HttpConnection connection) {
    if (kept.remove(connection)) {
      count.decrementAndGet();
    }
  }

  /** How many wait. */
  int count() {
    return count.get();
  }
}
