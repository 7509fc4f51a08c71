package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send a request and take nothing of its answer, on real sockets. */
@Timeout(60)
class StalledReaderTest {
  private static final int SMALL_BUFFER = 4096;

  /** More than the buffers of both sides hold. */
  private static final int LARGE_BYTES = 32 << 20;

  private final Semaphore turn = new Semaphore(1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final BlockingQueue<Exception> ends = new LinkedBlockingQueue<>();

  private NodeServer server(Duration maxWrite) {
    return NodeServer.start(PlainSettings.of(NodeServer.MAX_READ, maxWrite), this::answer);
  }

  /** Holds the one turn as long as it answers. */
  private void answer(ServerRequest request, ServerResponse response) {
    turn.acquireUninterruptibly();
    try {
      switch (request.path().path()) {
        case "/short" -> response.send("your turn");
        case "/whole" -> response.send(new byte[LARGE_BYTES]);
        default -> stream(response);
      }
    } catch (IOException e) {
      ends.add(e);
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      ends.add(e);
      throw e;
    } finally {
      turn.release();
    }
  }

  private void stream(ServerResponse response) throws IOException {
    try (OutputStream out = response.outputStream()) {
      for (int left = LARGE_BYTES; left > 0; left -= 1 << 20) {
        out.write(new byte[1 << 20]);
        begun.countDown();
      }
    }
  }

  private static URI url(NodeServer server) {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private static void send(WireClient client, String path) {
    client.send(WireClient.request("GET " + path, null));
  }

  private void anotherGetsTheTurnOf(String path) throws InterruptedException {
    try (NodeServer server = server(Duration.ofMillis(200));
        WireClient stalled = WireClient.connect(url(server), SMALL_BUFFER)) {
      send(stalled, path);
      assertEquals(200, stalled.head().status(), "it has begun, and no more is read");
      WireAnswer other = WireClient.ask(url(server), WireClient.request("GET /short", null));
      assertEquals("your turn", other.text());
      assertInstanceOf(ServerConnectionException.class, ends.take());
    }
  }

  @Test
  void who_takes_nothing_of_a_stream_gives_its_turn_to_the_next() throws InterruptedException {
    anotherGetsTheTurnOf("/stream");
  }

  @Test
  void who_takes_nothing_of_an_answer_in_one_piece_gives_its_turn_to_the_next()
      throws InterruptedException {
    anotherGetsTheTurnOf("/whole");
  }

  @Test
  void who_reads_late_but_within_the_limit_gets_all() throws InterruptedException {
    try (NodeServer server = server(NodeServer.MAX_WRITE);
        WireClient late = WireClient.connect(url(server), SMALL_BUFFER)) {
      send(late, "/stream");
      begun.await();
      WireAnswer answer = late.answer();
      assertEquals(LARGE_BYTES, answer.bytes().length);
      assertTrue(ends.isEmpty(), ends::toString);
    }
  }
}
