package dev.limpet.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A node that tells how many calls it has. */
@Timeout(30)
class HangUpTest {
  private final HttpServer server =
      HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  private final Deque<Integer> calls = new ArrayDeque<>();

  HangUpTest() throws IOException {
    server.createContext(
        "/metrics",
        exchange -> {
          int now = calls.size() > 1 ? calls.remove() : calls.element();
          byte[] text = ("limpet_node_calls " + now + "\n").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HangUp hangUp(Duration patience) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new HangUp(url, url, "/fn/x", patience);
  }

  private String failed(Integer... told) {
    calls.addAll(List.of(told));
    return String.valueOf(
        assertThrows(IOException.class, hangUp(Duration.ZERO)::nanos).getMessage());
  }

  @Test
  void it_is_over_when_the_node_has_no_call_any_more() throws IOException {
    calls.addAll(List.of(0, 1, 1, 0));
    assertTrue(hangUp(HangUp.PATIENCE).nanos() > 0);
    assertEquals(List.of(0), List.copyOf(calls));
  }

  @Test
  void a_node_that_begins_no_call_is_not_waited_for_for_ever() {
    assertEquals("the node has not begun a call within 0 s", failed(0));
  }

  @Test
  void nor_one_that_does_not_end_it() {
    assertEquals("the node has not ended the call of who hung up within 0 s", failed(1));
  }
}
