package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies in chunks of our own, on real sockets: another program of ours takes them apart. */
@Timeout(60)
class ChunkedStreamTest {
  private static final int PART = CountedStream.PART_BYTES;

  /** Written one after the other by the answers of a test. */
  private byte[][] pieces = {};

  private boolean ends = true;
  private final AtomicLong sent = new AtomicLong();

  private NodeServer server() {
    return NodeServer.start(
        PlainSettings.of(NodeServer.MAX_READ, NodeServer.MAX_WRITE), this::answer);
  }

  private void answer(ServerRequest request, ServerResponse response) {
    try {
      OutputStream out = new ChunkedStream(response, sent);
      for (byte[] piece : pieces) {
        out.write(piece);
      }
      if (!ends) {
        throw new IOException("it broke off");
      }
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static WireAnswer ask(NodeServer server, String... lines) {
    URI url = URI.create("http://127.0.0.1:" + server.port());
    return WireClient.ask(url, WireClient.request("GET /", null, lines));
  }

  private byte[] random(int... lengths) {
    Random random = new Random(17);
    pieces = new byte[lengths.length][];
    int total = 0;
    for (int i = 0; i < lengths.length; i++) {
      pieces[i] = new byte[lengths[i]];
      random.nextBytes(pieces[i]);
      total += lengths[i];
    }
    byte[] all = new byte[total];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  private void sentAsWritten(NodeServer server, int... lengths) {
    byte[] all = random(lengths);
    sent.set(0);
    WireAnswer answer = ask(server);
    assertArrayEquals(all, answer.bytes());
    assertEquals(all.length, sent.get());
    assertEquals("chunked", answer.header("Transfer-Encoding"));
  }

  @Test
  void what_is_written_arrives_whatever_its_pieces_are() {
    try (NodeServer server = server()) {
      sentAsWritten(server, PART + 1);
      sentAsWritten(server, 40, 1 << 20, 40, 1 << 20, 1);
      sentAsWritten(server, PART, PART, PART);
      sentAsWritten(server, PART - 1, 2, 0, PART / 2, PART / 2 - 1, PART / 2);
      sentAsWritten(server, 3 * PART + 5, 7, 200_000);
    }
  }

  @Test
  void what_is_small_as_a_whole_has_a_length() {
    try (NodeServer server = server()) {
      for (int length : new int[] {0, 1, PART}) {
        byte[] all = random(length);
        WireAnswer answer = ask(server);
        assertEquals(Integer.toString(length), answer.header("Content-Length"));
        assertArrayEquals(all, answer.bytes());
      }
    }
  }

  @Test
  void one_connection_serves_on_after_it() {
    try (NodeServer server = server();
        WireClient client = WireClient.connect(URI.create("http://127.0.0.1:" + server.port()))) {
      byte[] all = random(3 * PART, 9);
      for (int round = 0; round < 3; round++) {
        client.send(WireClient.request("GET /", null));
        assertArrayEquals(all, client.answer().bytes());
      }
    }
  }

  @Test
  void trailers_that_a_client_takes_still_come_at_its_end() {
    try (NodeServer server = server()) {
      byte[] all = random(2 * PART);
      WireAnswer answer = ask(server, "TE: trailers");
      assertArrayEquals(all, answer.bytes());
      assertTrue(answer.trailer("stream-result").isPresent());
    }
  }

  @Test
  void what_breaks_off_does_not_end_like_what_is_whole() {
    try (NodeServer server = server()) {
      byte[] _ = random(2 * PART);
      ends = false;
      assertTrue(ask(server).cut());
    }
  }
}
