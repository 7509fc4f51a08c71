package dev.limpet.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WireClientTest {
  private static boolean endsBehindItsAnswer(String answer) {
    try (WireServer server =
            WireServer.start(
                exchange -> {
                  exchange.raw(answer);
                  exchange.close();
                });
        WireClient client = WireClient.connect(server.url())) {
      client.send(WireClient.request("GET /", null));
      assertEquals("ok", client.answer().text());
      return client.isEnded();
    }
  }

  @Test
  void what_came_behind_an_answer_in_the_same_piece_is_no_end() {
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    assertTrue(endsBehindItsAnswer(answer));
    assertFalse(endsBehindItsAnswer(answer + "HTTP/1.1 200 OK\r\n"));
  }
}
