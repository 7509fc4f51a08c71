package dev.limpet.node.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.node.metrics.NodeMetrics;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.protocol.access.Tokens;
import dev.limpet.protocol.audit.AuditLog;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** What the log says of answers that end before their end. */
@Timeout(60)
@Isolated("it reads what the servers of this JVM log")
class CutAnswersTest {
  private static final int SMALL_BUFFER = 4096;
  private static final int LARGE_BYTES = 32 << 20;

  private final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();
  private final Logger logger = Logger.getLogger("dev.limpet.node.http");
  private final Handler keeping =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          records.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final NodeMetrics metrics = new NodeMetrics();
  private final NodeServer server;

  CutAnswersTest(@TempDir Path folder) {
    Guard guard =
        new Guard(new Guard.Rules(List.of(), List.of(), Tokens.none(), false, "a-link-token-000"));
    Router router =
        new Router(
            guard,
            List.of(new Breaking()),
            metrics,
            new Router.Logs(AuditLog.open(folder), null),
            _ -> {});
    server =
        NodeServer.start(PlainSettings.of(NodeServer.MAX_READ, Duration.ofMillis(400)), router);
  }

  /** Answers five bytes and then what its path says. */
  private static final class Breaking implements Resource {
    @Override
    public boolean serves(RequestTarget target) {
      return true;
    }

    @Override
    public Need need() {
      return Need.NOTHING;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
      OutputStream out = exchange.stream(200, -1);
      out.write("first".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      switch (exchange.rawPath()) {
        case "/data" -> throw new LimpetException(ErrorCode.STORE_FAILED, "a block\nis gone");
        case "/gone" -> throw new IOException("not written on", new UncheckedIOException(reset()));
        case "/bug" -> throw new IllegalStateException("nobody thought of it");
        case "/error" -> throw new NoClassDefFoundError("a/class");
        default -> out.write(new byte[LARGE_BYTES]);
      }
    }

    private static IOException reset() {
      return new IOException("Connection reset");
    }
  }

  @BeforeEach
  void listen() {
    logger.addHandler(keeping);
  }

  @AfterEach
  void stop() {
    server.close();
    logger.removeHandler(keeping);
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private LogRecord line() {
    await().until(() -> !records.isEmpty());
    return records.remove();
  }

  private LogRecord cutBy(String path) {
    WireAnswer answer = WireClient.ask(url(), WireClient.request("GET " + path, null));
    assertTrue(answer.cut());
    assertEquals("first", answer.text());
    LogRecord line = line();
    assertTrue(records.isEmpty(), () -> records.peek().getMessage());
    assertEquals(1, metrics.counts().get("limpet_node_answers_cut"));
    return line;
  }

  @Test
  void the_reason_stands_in_one_line_with_how_much_was_sent() {
    LogRecord line = cutBy("/data");
    assertEquals(Level.WARNING, line.getLevel());
    assertEquals(
        "GET /data of 127.0.0.1: the answer was cut after 5 bytes: store-failed: a block?is gone",
        line.getMessage());
    assertNull(line.getThrown());
  }

  @Test
  void what_lies_below_is_told_once() {
    assertEquals(
        "GET /gone of 127.0.0.1: the answer was cut after 5 bytes: not written on: Connection"
            + " reset",
        cutBy("/gone").getMessage());
  }

  @Test
  void a_mistake_of_ours_is_told_with_its_stack() {
    LogRecord line = cutBy("/bug");
    assertEquals(Level.SEVERE, line.getLevel());
    assertInstanceOf(IllegalStateException.class, line.getThrown());
  }

  @Test
  void an_error_of_a_library_cuts_the_answer_and_adds_nothing_to_it() {
    LogRecord line = cutBy("/error");
    assertInstanceOf(NoClassDefFoundError.class, line.getThrown().getCause());
  }

  @Test
  void who_takes_nothing_is_told_so_in_the_log_when_its_connection_is_closed() {
    try (WireClient stalled = WireClient.connect(url(), SMALL_BUFFER)) {
      stalled.send(WireClient.request("GET /large", null));
      assertEquals(
          "the connection of 127.0.0.1 is closed: it took nothing of its answer for 400ms",
          line().getMessage());
      String cut = line().getMessage();
      assertTrue(cut.startsWith("GET /large of 127.0.0.1: the answer was cut after "), cut);
    }
  }
}
