package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireClient;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server does with connections that wait, and with those that only seem to. */
@Timeout(60)
class IdleConnectionsTest {
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final NodeServer server =
      NodeServer.start(
          new NodeServer.Settings(
              "127.0.0.1",
              0,
              10,
              10,
              Duration.ofMillis(200),
              Duration.ofSeconds(2),
              Duration.ofSeconds(2),
              Duration.ofSeconds(1),
              null),
          this::answer);

  private void answer(ServerRequest request, ServerResponse response) throws InterruptedException {
    if (request.path().path().equals("/long")) {
      begun.countDown();
      end.await();
    }
    response.send("here");
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.close();
  }

  private WireClient asking(String path) {
    return WireClient.connect(URI.create("http://127.0.0.1:" + server.port()))
        .send(WireClient.request("GET " + path, null));
  }

  @Test
  void a_connection_whose_request_takes_long_is_not_idle_and_takes_another() throws Exception {
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
}
