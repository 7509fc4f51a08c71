package dev.limpet.node.link;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.tls.Authorities;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway that is broken, or is none. */
@Timeout(30)
class GatewayClientTest {
  @Test
  void an_answer_that_stops_in_its_middle_costs_no_more_than_the_time_of_an_answer()
      throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (var server =
            WireServer.start(
                exchange -> {
                  exchange.raw("HTTP/1.1 200 o\r\nContent-Length: 100\r\n\r\n{");
                  awaitEnd(over);
                });
        var client =
            new GatewayClient(
                server.url(), Authorities.ofMachine("none"), Duration.ofMillis(300))) {
      assertThrows(HttpTimeoutException.class, () -> client.challenge(null));
      over.countDown();
    }
  }

  private static void awaitEnd(CountDownLatch over) throws IOException {
    try {
      if (!over.await(20, TimeUnit.SECONDS)) {
        throw new IOException("the client did not give up");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void an_answer_without_end_is_not_read_to_its_end() throws Exception {
    String block = "x".repeat(1 << 16);
    try (var server =
            WireServer.start(
                exchange -> {
                  exchange.raw("HTTP/1.1 200 o\r\nConnection: close\r\n\r\n");
                  for (int i = 0; i < 1 << 20; i++) {
                    exchange.raw(block); // until the client closes
                  }
                });
        var client =
            new GatewayClient(
                server.url(), Authorities.ofMachine("none"), Duration.ofSeconds(20))) {
      IOException refused = assertThrows(IOException.class, () -> client.challenge(null));
      assertTrue(!(refused instanceof HttpTimeoutException), refused.toString());
    }
  }
}
