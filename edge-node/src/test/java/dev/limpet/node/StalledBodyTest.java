package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.limpet.protocol.Headers;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls whose callers do not send what they have announced. */
@Timeout(60)
final class StalledBodyTest {
  private static final Duration MAX_STALL = Duration.ofMillis(200);
  private static final int SHORT = 5;
  private static final int PIECES = 4;
  private static final int LONG = 2 << 20;

  /** The thread that waits for a body in place of its call's. */
  private static final String READER = "limpet-body";

  private final SampleFunction echo =
      SampleFunction.of(SampleModules.echo(), ",\"limits\":{\"wall\":\"60s\"}");

  @TempDir private Path dir;
  private NodeUnderTest node;

  @BeforeEach
  void start() {
    node = NodeUnderTest.impatient(MAX_STALL, dir);
    assertEquals(201, node.add(echo.car()).status());
    assertEquals(200, TestCall.of(echo).ask(node).status());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  /**
   * A call that has sent its head and, of a body that is read before the function starts, two
   * bytes. Of others none: the function would answer them at once.
   *
   * @param length -1 for a body in chunks
   */
  private WireClient begun(int length) {
    byte[] whole = new byte[Math.max(0, length)];
    TestCall call = TestCall.of(echo).timeoutMs(60_000);
    String header = (length < 0 ? call.chunked(whole) : call.body(whole)).header();
    String framing = length < 0 ? "Transfer-Encoding: chunked" : "Content-Length: " + length;
    String head =
        "POST /v1/invocations HTTP/1.1\r\nHost: localhost\r\n"
            + Headers.INVOCATION
            + ": "
            + header
            + "\r\n"
            + framing
            + "\r\n\r\n";
    return WireClient.connect(node.url()).send(head + (length < 0 || length == LONG ? "" : "ab"));
  }

  /** What all threads do, virtual ones too. */
  private String threads() throws IOException {
    Path dump = dir.resolve(UUID.randomUUID().toString());
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
    return Files.readString(dump);
  }

  @ParameterizedTest
  @ValueSource(ints = {SHORT, LONG, -1})
  void a_call_whose_body_stands_still_is_answered_and_its_connection_ends(int length) {
    try (WireClient client = begun(length)) {
      WireAnswer answer = client.answer();
      assertEquals(504, answer.status(), answer::text);
      assertEquals("out-of-time", answer.header("Limpet-Error"));
      assertTrue(answer.text().contains("the request stood still"), answer::text);
      assertEquals("close", answer.header("Connection").toLowerCase(Locale.ROOT));
      assertTrue(client.isEnded(), "it neither sends nor closes, and is waited for");
      await().until(() -> !threads().contains(READER));
    }
    await().until(() -> node.metric("limpet_node_calls") == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {SHORT, LONG, -1})
  void a_caller_who_hangs_up_in_the_middle_of_its_body_holds_nothing(int length) {
    begun(length).close();
    await().until(() -> node.metric("limpet_node_calls_taken_total") == 2);
    await().until(() -> node.metric("limpet_node_calls") == 0);
  }

  @Test
  void threads_that_wait_for_a_body_are_seen_here() throws InterruptedException {
    Thread waits = Thread.ofVirtual().name(READER).start(LockSupport::park);
    await().until(() -> threads().contains(READER));
    LockSupport.unpark(waits);
    waits.join();
  }

  @Test
  void a_short_body_that_comes_in_two_pieces_is_whole() {
    try (WireClient client = begun(PIECES)) {
      assertEquals("abcd", client.send("cd").answer().text());
    }
  }
}
