package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireClient;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server does with connections that wait, and with those that only seem to. */
@Timeout(60)
@Order(2) // it is long: others run beside it
class IdleConnectionsTest {
  private static final Duration MAX_READ = Duration.ofMillis(500);

  /** So long that a busy machine does not hold up whoever sends each {@link #PACE}. */
  private static final Duration LONG_READ = Duration.ofSeconds(3);

  private static final Duration PACE = Duration.ofMillis(20);

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private NodeServer server = server(Duration.ofMinutes(5), MAX_READ);

  private NodeServer server(Duration idle, Duration maxRead) {
    return NodeServer.start(PlainSettings.of(idle, maxRead, Duration.ofMinutes(2)), this::answer);
  }

  private void answer(ServerRequest request, ServerResponse response) throws InterruptedException {
    if (request.path().path().equals("/long")) {
      begun.countDown();
      end.await();
    }
    request.content().consume();
    response.send("here");
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.close();
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private WireClient asking(String path) {
    return WireClient.connect(url()).send(WireClient.request("GET " + path, null));
  }

  @Test
  void a_connection_whose_request_takes_long_is_not_idle_and_takes_another() throws Exception {
    server.close();
    server = server(Duration.ofMillis(200), NodeServer.MAX_READ);
    try (WireClient busy = asking("/long")) {
      busy.send(WireClient.request("GET /short", null));
      begun.await();
      try (WireClient idle = asking("/short")) {
        assertEquals("here", idle.answer().text());
        assertTrue(idle.isEnded(), "the younger one was looked at, and so was the older one");
      }
      end.countDown();
      assertEquals("here", busy.answer().text());
      assertEquals("here", busy.answer().text());
    }
  }

  /** Sends something again and again, until the server has closed; what it answered before. */
  private static void dribble(WireClient client, String piece) {
    assertThrows(
        UncheckedIOException.class,
        () -> {
          while (true) {
            client.send(piece);
            LockSupport.parkNanos(PACE.toNanos());
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"G", "GET /short HTTP/1.1\r\nHost: localhost\r\nX: "})
  void who_sends_a_head_byte_by_byte_is_let_go(String begin) {
    try (WireClient slow = WireClient.connect(url())) {
      dribble(slow.send(begin), "A");
    }
  }

  @Test
  void nor_does_a_line_that_came_with_the_request_before_help() {
    try (WireClient slow = WireClient.connect(url())) {
      slow.send(WireClient.request("GET /short", null) + "GET /short HTTP/1.1\r\nX: ");
      assertEquals("here", slow.answer().text());
      dribble(slow, "A");
    }
  }

  @Test
  @Tag("long")
  void a_body_may_come_as_slowly_as_it_likes() {
    server.close();
    server = server(Duration.ofMinutes(5), LONG_READ);
    try (WireClient slow = WireClient.connect(url())) {
      slow.send("POST /body HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      long end = System.nanoTime() + 2 * LONG_READ.toNanos();
      while (System.nanoTime() < end) {
        slow.send("1\r\na\r\n");
        LockSupport.parkNanos(PACE.toNanos());
      }
      assertEquals("here", slow.send("0\r\n\r\n").answer().text());
    }
  }
}
