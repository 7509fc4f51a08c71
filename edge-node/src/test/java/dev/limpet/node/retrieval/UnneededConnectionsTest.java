package dev.limpet.node.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of connections that nobody needs; the timer runs when a test says so. */
class UnneededConnectionsTest {
  private static final TrustlessGateway GATEWAY =
      new TrustlessGateway(URI.create("https://gateway.example"), false);

  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final Set<Connection> open = new HashSet<>();
  private final IdleConnections idle = new IdleConnections();

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private void timeIsOver() {
    List.copyOf(timer.getQueue()).forEach(Runnable::run);
  }

  @Test
  void one_that_nobody_needed_is_closed_and_forgotten_when_its_time_is_over() {
    Connection connection = new Connection(timer, open);
    idle.keep(GATEWAY, connection);
    assertEquals(Set.of(connection), open);
    timeIsOver();
    assertEquals(Set.of(), open);
    assertNull(idle.take(GATEWAY));
  }

  @Test
  void one_that_was_taken_stays_open() {
    Connection connection = new Connection(timer, open);
    idle.keep(GATEWAY, connection);
    assertEquals(connection, idle.take(GATEWAY));
    timeIsOver();
    assertEquals(Set.of(connection), open);
    connection.close();
  }
}
