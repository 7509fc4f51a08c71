package dev.limpet.testkit.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class RelayTest {
  private static final String GET = WireClient.request("GET /", null);

  @Test
  void bodies_are_counted_without_heads_and_chunk_framing() {
    try (WireServer server =
            WireServer.start(
                exchange -> {
                  if (exchange.head().target().equals("/length")) {
                    exchange.answer(200, "12345");
                  } else {
                    exchange.begin(200, "Trailer: X");
                    exchange.chunk("abc");
                    exchange.chunk("0123456789abcdef");
                    exchange.end("X: 1");
                  }
                });
        Relay relay = Relay.to(server.url());
        WireClient client = WireClient.connect(relay.url())) {
      assertEquals("12345", client.send(WireClient.request("GET /length", null)).answer().text());
      assertEquals(5, relay.bodyBytesToClient());
      assertEquals("abc0123456789abcdef", client.send(GET).answer().text());
      assertEquals(5 + 3 + 16, relay.bodyBytesToClient());
      assertTrue(relay.bytesToClient() > relay.bodyBytesToClient());
      assertEquals(1, relay.connections());
    }
  }

  @Test
  void a_connection_is_cut_after_so_many_bytes() {
    try (WireServer server = WireServer.start(exchange -> exchange.answer(200, "x".repeat(1000)));
        Relay relay = Relay.to(server.url())) {
      relay.cutAfter(200);
      WireAnswer cut = WireClient.ask(relay.url(), GET);
      assertTrue(cut.cut());
      assertTrue(cut.latin1().length() < 200);
      relay.cutAfter(-1);
      assertFalse(WireClient.ask(relay.url(), GET).cut());
    }
  }

  @Test
  void a_byte_is_changed_where_the_test_says() {
    try (WireServer server = WireServer.start(exchange -> exchange.raw("HTTP/1.1 200 OK\r\n"));
        Relay relay = Relay.to(server.url());
        WireClient client = WireClient.connect(relay.url())) {
      relay.corrupt(0);
      client.send(GET);
      client.endOutput();
      assertThrows(UncheckedIOException.class, client::answer);
      assertTrue(relay.bytesToClient() > 0);
    }
  }

  @Test
  void a_refused_connection_ends_at_once() {
    try (WireServer server = WireServer.start(exchange -> exchange.answer(200, "x"));
        Relay relay = Relay.to(server.url())) {
      relay.refuse(true);
      assertThrows(UncheckedIOException.class, () -> WireClient.ask(relay.url(), GET));
      assertEquals(0, server.connections());
    }
  }
}
