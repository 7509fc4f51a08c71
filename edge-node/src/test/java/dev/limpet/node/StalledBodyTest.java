package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Headers;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
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

  private final SampleFunction echo =
      SampleFunction.of(SampleModules.echo(), ",\"limits\":{\"wall\":\"60s\"}");
  private NodeUnderTest node;

  @BeforeEach
  void start(@TempDir Path dir) {
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

  @ParameterizedTest
  @ValueSource(ints = {SHORT, LONG, -1})
  void a_call_whose_body_stands_still_is_answered_and_its_connection_ends(int length) {
    try (WireClient client = begun(length)) {
      WireAnswer answer = client.answer();
      assertEquals(504, answer.status(), answer::text);
      assertEquals("out-of-time", answer.header("Limpet-Error"));
      assertTrue(answer.text().contains("the request stood still"), answer::text);
      assertEquals("close", answer.header("Connection").toLowerCase(Locale.ROOT));
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
  void a_short_body_that_comes_in_two_pieces_is_whole() {
    try (WireClient client = begun(PIECES)) {
      assertEquals("abcd", client.send("cd").answer().text());
    }
  }
}
