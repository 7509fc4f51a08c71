package dev.limpet.node.retrieval;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections to gateways that wait for the next request, of which the last one is taken first.
 * They do not wait long: most gateways close them soon, and a name may lead elsewhere by then.
 */
final class IdleConnections {
  /** Connections to one gateway that wait: as many as one call uses at once. */
  static final int MAX_IDLE_CONNECTIONS = 4;

  /** Gateways to which connections wait; routers name ever new ones. */
  static final int MAX_IDLE_GATEWAYS = 64;

  private static final Duration MOST_IDLE = Duration.ofSeconds(5);

  private final Map<TrustlessGateway, Deque<Connection>> idle = new LinkedHashMap<>();

  /** One that was open a moment ago; null when there is none. */
  synchronized @Nullable Connection take(TrustlessGateway gateway) {
    Deque<Connection> waiting = idle.getOrDefault(gateway, new ArrayDeque<>());
    for (Connection next = waiting.pollLast(); next != null; next = waiting.pollLast()) {
      next.calm();
      if (next.isQuiet()) {
        return next;
      }
      next.close();
    }
    idle.remove(gateway);
    return null;
  }

  /** Lets one go that nobody needed, and what it holds in memory with it. */
  private synchronized void drop(TrustlessGateway gateway, Connection connection) {
    Deque<Connection> waiting = idle.get(gateway);
    if (waiting != null && waiting.remove(connection)) {
      connection.close();
    }
  }

  /** Lets those go that wait for the gateway that was first of all. */
  private void shrink() {
    if (idle.size() > MAX_IDLE_GATEWAYS) {
      Iterator<Deque<Connection>> eldest = idle.values().iterator();
      eldest.next().forEach(Connection::close);
      eldest.remove();
    }
  }

  /** Keeps one for some seconds; the one that waits for the longest time has to go for it. */
  synchronized void keep(TrustlessGateway gateway, Connection connection) {
    Deque<Connection> waiting = idle.computeIfAbsent(gateway, _ -> new ArrayDeque<>());
    connection.calm();
    connection.after(MOST_IDLE, () -> drop(gateway, connection));
    waiting.addLast(connection);
    if (waiting.size() > MAX_IDLE_CONNECTIONS) {
      waiting.removeFirst().close();
    }
    shrink();
  }
}
