package dev.limpet.gateway.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TransferTest {
  @Test
  void a_short_answer_comes_through_with_its_headers() throws Exception {
    try (var node = WireServer.start(e -> e.answer(200, "hello", "Content-Type: text/plain"));
        var proxy = ProxyUnderTest.before(node)) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /a", null));
      assertEquals(200, answer.status());
      assertEquals("hello", answer.text());
      assertEquals("text/plain", answer.header("Content-Type"));
      assertEquals("5", answer.header("Content-Length"));
      assertEquals("yes", answer.header("X-Proxy"));
      assertEquals(new ProxyUnderTest.Ended(Route.Ending.WHOLE, null, 5, 0), proxy.ended());
    }
  }

  @Test
  void one_connection_carries_many_calls_on_both_sides() throws Exception {
    try (var node = WireServer.start(e -> e.answer(200, e.bodyText()));
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      for (int i = 0; i < 20; i++) {
        assertEquals(
            "body-" + i, caller.send(WireClient.request("POST /", "body-" + i)).answer().text());
      }
      assertEquals(1, node.connections());
    }
  }

  @Test
  void pipelined_requests_are_answered_in_their_order() throws Exception {
    try (var node = WireServer.start(e -> e.answer(200, e.head().target()));
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      caller.send(WireClient.request("GET /1", null) + WireClient.request("GET /2", null));
      assertEquals("/1", caller.answer().text());
      assertEquals("/2", caller.answer().text());
    }
  }

  @Test
  void a_chunked_body_reaches_the_node_while_it_is_being_written() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    try (var node =
            WireServer.start(
                e -> {
                  byte[] start = e.body().readNBytes(5);
                  first.countDown();
                  e.answer(200, new String(start, US_ASCII) + "+" + e.bodyText());
                });
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      caller.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
      assertTrue(first.await(30, TimeUnit.SECONDS));
      caller.send("4\r\nlast\r\n0\r\n\r\n");
      assertEquals("first+last", caller.answer().text());
    }
  }

  @Test
  void an_answer_streams_while_the_body_is_still_being_written() throws Exception {
    try (var node =
            WireServer.start(
                e -> {
                  e.begin(200);
                  for (int next = e.body().read(); next >= 0; next = e.body().read()) {
                    e.chunk(String.valueOf((char) next));
                  }
                  e.end();
                });
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      caller.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
      var head = caller.head();
      var body = caller.body(head);
      assertEquals('a', body.read());
      caller.send("1\r\nb\r\n");
      assertEquals('b', body.read());
      caller.send("0\r\n\r\n");
      assertEquals(-1, body.read());
    }
  }

  @Test
  void trailers_pass_only_when_they_are_known() throws Exception {
    try (var node =
            WireServer.start(
                e -> {
                  e.begin(200);
                  e.chunk("x");
                  e.end("Limpet-Task: bafy", "stream-result: ok");
                });
        var proxy = ProxyUnderTest.before(node)) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /", null));
      assertFalse(answer.cut());
      assertEquals("bafy", answer.trailer("Limpet-Task").orElse(""));
      assertTrue(answer.trailer("stream-result").isEmpty());
    }
  }

  @Test
  void head_204_and_304_have_no_body_and_keep_the_connection() throws Exception {
    try (var node =
            WireServer.start(
                e -> {
                  switch (e.head().target()) {
                    case "/204" -> e.raw("HTTP/1.1 204 n\r\nETag: \"a\"\r\n\r\n");
                    case "/304" -> e.raw("HTTP/1.1 304 n\r\nETag: \"b\"\r\n\r\n");
                    default -> e.raw("HTTP/1.1 200 n\r\nContent-Length: 12345\r\n\r\n");
                  }
                });
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      assertEquals(
          "\"a\"", caller.send(WireClient.request("GET /204", null)).answer().header("ETag"));
      assertEquals(304, caller.send(WireClient.request("GET /304", null)).answer().status());
      assertEquals(
          "12345",
          caller.send(WireClient.request("HEAD /", null)).answer().header("Content-Length"));
      assertEquals(204, caller.send(WireClient.request("GET /204", null)).answer().status());
    }
  }

  @Test
  void a_node_that_goes_in_the_middle_cuts_a_chunked_answer() throws Exception {
    try (var node =
            WireServer.start(
                e -> {
                  e.begin(200);
                  e.chunk("half");
                  e.close();
                });
        var proxy = ProxyUnderTest.before(node)) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /", null));
      assertEquals(200, answer.status());
      assertEquals("half", answer.text());
      assertTrue(answer.cut());
      assertEquals(Route.Ending.CUT, proxy.ended().ending());
    }
  }

  private static String cut(WireServer node, int bytes, String why) {
    return "WARNING POST / at "
        + node.url().getAuthority()
        + ": the answer was cut after "
        + bytes
        + " bytes: "
        + why;
  }

  @Test
  void a_node_that_goes_in_the_middle_cuts_a_long_answer_of_known_length() throws Exception {
    String part = "x".repeat(100_000);
    try (var node =
            WireServer.start(
                e -> {
                  e.raw("HTTP/1.1 200 ok\r\nContent-Length: 200000\r\n\r\n" + part);
                  e.close();
                });
        var proxy = ProxyUnderTest.before(node)) {
      WireAnswer answer =
          WireClient.ask(proxy.url(), WireClient.request("GET /?token=secret", null));
      assertTrue(answer.cut());
      assertEquals(100_000, answer.bytes().length);
      assertEquals(100_000, proxy.ended().bytes());
      assertEquals(List.of(cut(node, 100_000, "the node broke it off")), proxy.logged());
    }
  }

  @Test
  void a_short_answer_that_breaks_off_was_never_sent_so_the_next_node_answers() throws Exception {
    try (var broken =
            WireServer.start(
                e -> {
                  e.raw("HTTP/1.1 200 ok\r\nContent-Length: 10\r\n\r\nhalf");
                  e.close();
                });
        var good = WireServer.start(e -> e.answer(200, "whole"));
        var proxy = ProxyUnderTest.before(broken, good).repeatable()) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /", null));
      assertEquals("whole", answer.text());
    }
  }

  /** Head and broken chunk come in one packet: the head must not leave after it was given up. */
  @Test
  void an_answer_whose_first_chunk_is_broken_was_never_sent_so_the_next_node_answers()
      throws Exception {
    String head = "HTTP/1.1 201 ok\r\nX-Broken: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
    try (var broken = WireServer.start(e -> e.raw(head + "no-size\r\n"));
        var good =
            WireServer.start(
                e -> {
                  e.body().readAllBytes();
                  e.answer(200, "whole");
                });
        var proxy = ProxyUnderTest.before(broken, good).repeatable()) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /", null));
      assertEquals(200, answer.status());
      assertEquals("whole", answer.text());
      assertEquals("", answer.header("X-Broken"));
      assertEquals("5", answer.header("Content-Length"));
      assertEquals("", answer.header("Transfer-Encoding"));
    }
  }

  @Test
  void a_caller_that_goes_resets_the_request_to_the_node() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    try (var node =
            WireServer.start(
                e -> {
                  reached.countDown();
                  e.awaitPeerGone();
                  gone.countDown();
                });
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      caller.send(WireClient.request("GET /", null));
      assertTrue(reached.await(30, TimeUnit.SECONDS));
      caller.reset();
      assertTrue(gone.await(30, TimeUnit.SECONDS));
      assertEquals(new ProxyUnderTest.Ended(Route.Ending.CALLER_GONE, null, 0, 1), proxy.ended());
    }
  }

  @Test
  void the_deadline_before_an_answer_is_an_error_and_ends_the_nodes_request() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (var node =
            WireServer.start(
                e -> {
                  e.awaitPeerGone();
                  gone.countDown();
                });
        var proxy = ProxyUnderTest.before(node).within(Duration.ofMillis(1500))) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /", null));
      assertEquals("DEADLINE", answer.text());
      assertTrue(gone.await(30, TimeUnit.SECONDS));
      assertEquals(
          new ProxyUnderTest.Ended(Route.Ending.FAILED, Route.Failure.DEADLINE, 0, 1),
          proxy.ended());
    }
  }

  @Test
  @Tag("long")
  void the_deadline_in_the_middle_of_an_answer_cuts_both_sides() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (var node =
            WireServer.start(
                e -> {
                  e.begin(200);
                  e.chunk("half");
                  e.awaitPeerGone();
                  gone.countDown();
                });
        var proxy = ProxyUnderTest.before(node).within(Duration.ofSeconds(5))) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /", null));
      assertTrue(answer.cut());
      assertEquals("half", answer.text());
      assertTrue(gone.await(30, TimeUnit.SECONDS));
      assertEquals(Route.Ending.CUT, proxy.ended().ending());
      assertEquals(List.of(cut(node, 4, "its time was over")), proxy.logged());
    }
  }

  @Test
  void an_answer_before_the_body_is_read_keeps_the_connection_when_little_is_left()
      throws Exception {
    try (var node = WireServer.start(e -> e.answer(413, "no"));
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      caller.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
      assertEquals(413, caller.answer().status());
      caller.send(new byte[100_000]);
      assertEquals(413, caller.send(WireClient.request("POST /", "x")).answer().status());
    }
  }

  @Test
  void a_caller_that_waits_for_100_continue_gets_it_when_the_body_is_wanted() throws Exception {
    try (var node = WireServer.start(e -> e.answer(200, e.bodyText()));
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      caller.send(
          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
      assertEquals(100, caller.head().status());
      assertEquals("body", caller.send("body").answer().text());
    }
  }

  @Test
  @Tag("long")
  void a_body_without_end_is_refused_when_it_passes_the_limit() throws Exception {
    try (var node = WireServer.start(e -> e.answer(200, "" + e.body().readAllBytes().length));
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      caller.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      byte[] chunk = ("100000\r\n" + "x".repeat(0x100000) + "\r\n").getBytes(US_ASCII);
      Thread writer = Thread.ofVirtual().start(() -> writeUntilItFails(caller, chunk));
      assertEquals("BODY_TOO_LARGE", caller.answer().text());
      writer.join();
    }
  }

  private static void writeUntilItFails(WireClient caller, byte[] chunk) {
    try {
      for (int i = 0; i < 1000; i++) {
        caller.send(chunk);
      }
    } catch (java.io.UncheckedIOException e) {
      assertTrue(e.getMessage() != null);
    }
  }

  @Test
  void hop_by_hop_lines_of_the_node_stay_behind() throws Exception {
    try (var node =
            WireServer.start(
                e ->
                    e.answer(
                        200,
                        "x",
                        "Connection: keep-alive, X-Hop",
                        "X-Hop: 1",
                        "Keep-Alive: timeout=5",
                        "Server: node",
                        "Alt-Svc: h3",
                        "Set-Cookie: a=1",
                        "Set-Cookie: b=2"));
        var proxy = ProxyUnderTest.before(node)) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /", null));
      assertEquals("", answer.header("X-Hop"));
      assertEquals("", answer.header("Keep-Alive"));
      assertEquals("", answer.header("Server"));
      assertEquals("", answer.header("Alt-Svc"));
      assertEquals(2, answer.head().headers("Set-Cookie").size());
    }
  }

  @Test
  void a_keep_alive_connection_works_after_an_error() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (var node =
            WireServer.start(
                e -> {
                  if (calls.incrementAndGet() == 1) {
                    e.reset();
                  } else {
                    e.answer(200, "again");
                  }
                });
        var proxy = ProxyUnderTest.before(node);
        var caller = WireClient.connect(proxy.url())) {
      assertEquals("BROKEN", caller.send(WireClient.request("GET /", null)).answer().text());
      assertEquals("again", caller.send(WireClient.request("GET /", null)).answer().text());
    }
  }

  @Test
  void a_mistake_at_the_end_of_a_short_answer_is_told_and_its_caller_does_not_wait()
      throws Exception {
    try (var node = WireServer.start(e -> e.answer(200, "hello", "Content-Type: text/plain"));
        var proxy = ProxyUnderTest.before(node).mistaken()) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /a", null));
      assertEquals(502, answer.status());
      assertEquals("MISTAKE", answer.text());
      assertEquals(
          new ProxyUnderTest.Ended(Route.Ending.FAILED, Route.Failure.MISTAKE, 0, 1),
          proxy.ended());
    }
  }

  @Test
  void a_mistake_at_the_end_of_an_answer_that_streamed_cuts_it() throws Exception {
    try (var node =
            WireServer.start(
                e -> {
                  e.raw("HTTP/1.1 200 o\r\nTransfer-Encoding: chunked\r\n\r\n");
                  e.raw("2\r\nhi\r\n0\r\n\r\n");
                });
        var proxy = ProxyUnderTest.before(node).mistaken()) {
      WireAnswer answer = WireClient.ask(proxy.url(), WireClient.request("GET /a", null));
      assertTrue(answer.cut());
      assertEquals(Route.Ending.CUT, proxy.ended().ending());
    }
  }
}
