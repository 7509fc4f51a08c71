package dev.limpet.gateway.call;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.tls.TestAuthority;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers of HTTP/2 may not do to a gateway, and that it goes on afterwards. */
@Timeout(60)
class HostileHttp2Test {
  private static final int REFUSED_STREAM = 7;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int MAX_STREAMS = 100;
  private static final int MAX_RESETS = 200;

  /**
   * Small frames of one head that are too many. With more, those that come after the connection was
   * closed would take the word of goodbye with them.
   */
  private static final int SMALL_FRAMES = 16;

  @TempDir private Path folder;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private Authorities authorities;
  private WireServer node;
  private CallsUnderTest gateway;
  private int port;

  @BeforeEach
  void start() throws Exception {
    TestAuthority authority = new TestAuthority(folder);
    ServerKeys keys = TestAuthority.open(authority.issue("server"));
    authorities = Authorities.read(authority.authorities(), "node-ca = PEM-FILE");
    node =
        CallsUnderTest.node(
            e -> {
              if (e.head().method().equals("DELETE")) {
                e.raw("HTTP/1.1 204 n\r\n\r\n");
              } else if (e.bodyText().isEmpty()) {
                e.awaitPeerGone();
              } else {
                e.answer(200, "done");
              }
            });
    gateway = CallsUnderTest.open(folder);
    gateway.join("b", node).holds();
    gateway.deploy("hello");
    port = gateway.listen(keys);
  }

  @AfterEach
  void stop() {
    stopped.countDown();
    gateway.close();
    node.close();
  }

  private RawHttp2 connect() throws Exception {
    return RawHttp2.connect(port, authorities);
  }

  /** Another caller is served, and nothing of those that misbehaved is left. */
  private void serves() throws Exception {
    try (RawHttp2 other = connect()) {
      other.get(1, "/fn/nobody");
      assertEquals("1: 404", other.nextStatus());
    }
    await().until(gateway::isIdle);
  }

  @Test
  void more_streams_than_allowed_are_refused_and_the_others_go_on() throws Exception {
    try (RawHttp2 caller = connect()) {
      for (int i = 0; i <= MAX_STREAMS; i++) {
        caller.get(2 * i + 1, "/fn/hello");
      }
      RawHttp2.Frame refused = caller.next(RawHttp2.RESET);
      assertNotNull(refused);
      assertEquals(REFUSED_STREAM, refused.error());
      assertEquals(2 * MAX_STREAMS + 1, refused.stream());
    }
    serves();
  }

  @Test
  void who_begins_and_gives_up_all_the_time_is_cut_off() throws Exception {
    try (RawHttp2 caller = connect()) {
      byte[] cancel = {0, 0, 0, 8};
      for (int i = 0; i <= MAX_RESETS; i++) {
        caller.get(2 * i + 1, "/fn/hello");
        caller.frame(RawHttp2.RESET, 0, 2 * i + 1, cancel);
      }
      assertToldToCalmDown(caller);
    }
    serves();
  }

  private static void assertToldToCalmDown(RawHttp2 caller) throws IOException {
    RawHttp2.Frame goodbye = caller.next(RawHttp2.GOAWAY);
    assertNotNull(goodbye);
    assertEquals(ENHANCE_YOUR_CALM, goodbye.error());
  }

  @Test
  void a_head_that_is_too_large_is_refused() throws Exception {
    String large = "x-large: " + "x".repeat(15_000);
    try (RawHttp2 caller = connect()) {
      byte[] head = RawHttp2.head("GET", "/fn/hello", large, large, "x-more: " + "x".repeat(5000));
      int each = head.length / 2 - 4000;
      caller.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, Arrays.copyOf(head, each));
      caller.frame(RawHttp2.CONTINUATION, 0, 1, Arrays.copyOfRange(head, each, 2 * each));
      byte[] rest = Arrays.copyOfRange(head, 2 * each, head.length);
      caller.frame(RawHttp2.CONTINUATION, RawHttp2.END_HEADERS, 1, rest);
      assertEquals("1: 431", caller.nextStatus());
    }
    try (RawHttp2 caller = connect()) {
      byte[] head = RawHttp2.head("GET", "/fn/hello", large, large, large);
      // Not the third: after the end it would take the word of goodbye with it.
      caller.frame(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, Arrays.copyOfRange(head, 0, 16_000));
      caller.frame(RawHttp2.CONTINUATION, 0, 1, Arrays.copyOfRange(head, 16_000, 32_000));
      RawHttp2.Frame goodbye = caller.next(RawHttp2.GOAWAY);
      assertNotNull(goodbye, "it is not cut off");
    }
    serves();
  }

  @Test
  void a_head_in_endless_small_frames_is_cut_off() throws Exception {
    try (RawHttp2 caller = connect()) {
      caller.frame(RawHttp2.HEADERS, 0, 1, RawHttp2.head("GET", "/fn/hello"));
      for (int i = 0; i < SMALL_FRAMES; i++) {
        caller.frame(RawHttp2.CONTINUATION, 0, 1, new byte[0]);
      }
      assertToldToCalmDown(caller);
    }
    serves();
  }

  @Test
  void the_host_of_http_2_is_checked_as_that_of_http_1() throws Exception {
    try (RawHttp2 caller = connect()) {
      byte[] head = RawHttp2.head("GET", "/fn/hello");
      String text = new String(head, US_ASCII).replace("localhost", "evil.host");
      caller.frame(
          RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 1, text.getBytes(US_ASCII));
      assertEquals("1: 421", caller.nextStatus());
    }
    serves();
  }

  @Test
  void what_is_no_request_of_http_2_resets_its_stream_alone() throws Exception {
    try (RawHttp2 caller = connect()) {
      caller.get(1, "/fn/nobody", "connection: close");
      caller.get(3, "/fn/nobody", "transfer-encoding: chunked");
      caller.get(5, "/fn/nobody", "host: other.example");
      caller.get(7, "/fn/nobody", "X-Upper: 1");
      for (int i = 0; i < 4; i++) {
        RawHttp2.Frame reset = caller.next(RawHttp2.RESET);
        assertNotNull(reset);
        assertEquals(1, reset.error(), "PROTOCOL_ERROR");
      }
      int flags = RawHttp2.END_HEADERS | RawHttp2.END_STREAM;
      caller.frame(RawHttp2.HEADERS, flags, 9, RawHttp2.head("CONNECT", null));
      assertEquals("9: 400", caller.nextStatus());
    }
    serves();
  }
}
