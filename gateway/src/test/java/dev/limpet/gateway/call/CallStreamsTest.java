package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.NOBODY;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireHead;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes on the wire: pace, framing, data. */
@Timeout(60)
class CallStreamsTest {
  private static final int MANY_BYTES = 64 << 20;

  /** What sockets and queues between two loopback processes may hold, with room. */
  private static final int BUFFERED_BYTES = 24 << 20;

  @TempDir private Path folder;

  private static WireAnswer get(CallsUnderTest gateway, String target, String... lines) {
    return WireClient.ask(gateway.url(), WireClient.request("GET " + target, null, lines));
  }

  @Test
  void a_caller_that_does_not_read_stops_the_node() throws Exception {
    ManyBytes many = new ManyBytes(MANY_BYTES);
    try (var node = many.node();
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url(), 32 << 10)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      caller.send(WireClient.request("GET /fn/hello", null));
      WireHead head = caller.head();
      long sent = many.awaitStandstill();
      assertTrue(sent < BUFFERED_BYTES, "node could send " + sent);
      InputStream body = caller.body(head);
      assertEquals(MANY_BYTES, body.transferTo(OutputStream.nullOutputStream()));
    }
  }

  @Test
  void a_node_that_does_not_read_stops_the_caller() throws Exception {
    ManyBytes many = new ManyBytes(MANY_BYTES);
    Object gate = new Object();
    boolean[] open = {false};
    try (var node =
            CallsUnderTest.node(
                e -> {
                  synchronized (gate) {
                    while (!open[0]) {
                      try {
                        gate.wait();
                      } catch (InterruptedException stop) {
                        Thread.currentThread().interrupt();
                        return;
                      }
                    }
                  }
                  long read = e.body().transferTo(OutputStream.nullOutputStream());
                  e.answer(200, Long.toString(read));
                });
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      caller.send(
          "POST /fn/hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
              + MANY_BYTES
              + "\r\n\r\n");
      FutureTask<Void> writing =
          new FutureTask<>(
              () -> {
                many.sendTo(caller::send);
                return null;
              });
      Thread.ofVirtual().start(writing);
      long sent = many.awaitStandstill();
      assertTrue(sent < BUFFERED_BYTES, "caller could send " + sent);
      synchronized (gate) {
        open[0] = true;
        gate.notifyAll();
      }
      assertEquals(Integer.toString(MANY_BYTES), caller.answer().text());
      writing.get();
    }
  }

  @Test
  void head_runs_as_get_and_has_no_body() throws Exception {
    List<Boolean> heads = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  var sent =
                      dev.limpet.protocol.Invocation.fromHeader(
                          e.head().header("Limpet-Invocation").orElse(""));
                  heads.add(
                      sent.head()
                          && sent.method().equals("GET")
                          && e.head().method().equals("HEAD"));
                  e.raw("HTTP/1.1 200 ok\r\nContent-Length: 54\r\n\r\n");
                });
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      for (int i = 0; i < 2; i++) {
        WireAnswer answer = caller.send(WireClient.request("HEAD /fn/hello", null)).answer();
        assertEquals(200, answer.status());
        assertEquals("54", answer.header("Content-Length"));
      }
      assertEquals(List.of(true, true), heads);
    }
  }

  @Test
  void a_stream_needs_http_1_1_and_a_short_answer_does_not() throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  if (e.bodyText().isEmpty()) {
                    e.answer(200, "short");
                  } else {
                    e.begin(200);
                    e.chunk("long");
                    e.end();
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      String head = " /fn/hello HTTP/1.0\r\nHost: localhost\r\n";
      assertEquals("short", WireClient.ask(gateway.url(), "GET" + head + "\r\n").text());
      WireAnswer refused =
          WireClient.ask(gateway.url(), "POST" + head + "Content-Length: 1\r\n\r\nx");
      assertEquals(400, refused.status());
      assertTrue(refused.text().contains("HTTP/1.1"), refused.text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: -1",
        "Content-Length: +5",
        "Content-Length : 5",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
      })
  void two_readers_of_one_request_never_disagree_on_its_end(String framing) throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  bodies.add(e.head().target() + " " + e.bodyText());
                  e.answer(200, "x");
                });
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      caller.send(
          "POST /fn/hello HTTP/1.1\r\nHost: localhost\r\n"
              + framing
              + "\r\n\r\n0\r\n\r\nGET /fn/hello?arg=smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n");
      WireAnswer answer = caller.answer();
      assertEquals(400, answer.status());
      assertTrue(caller.isEnded());
      assertEquals(List.of(), bodies);
    }
  }

  @Test
  void a_folded_header_is_one_value_and_frames_nothing() throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    try (var node =
            CallsUnderTest.node(
                e -> {
                  bodies.add(e.bodyText());
                  e.answer(200, "x");
                });
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      caller.send(
          "POST /fn/hello HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n"
              + "Content-Length: 5\r\n\r\nfive!");
      WireAnswer answer = caller.answer();
      assertTrue(answer.status() == 400 || bodies.equals(List.of("five!")), answer.text());
    }
  }

  @Test
  void data_is_read_from_a_holder_with_the_callers_conditions() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (var holder =
            CallsUnderTest.node(
                e -> {
                  if (Asking.isInquiry(e)) {
                    e.answer(412, "");
                    return;
                  }
                  seen.add(e.head().method() + " " + e.head().target());
                  seen.add(e.head().header("Range").orElse("-"));
                  seen.add(e.head().header("Cookie").orElse("-"));
                  e.answer(
                      206,
                      "part",
                      "Content-Range: bytes 0-3/900",
                      "ETag: \"e\"",
                      "Accept-Ranges: bytes",
                      "Cache-Control: private, max-age=29030400, immutable",
                      "X-Ipfs-Roots: r");
                });
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("dead", NOBODY).holds(root);
      gateway.join("b", holder).holds(root);
      String target = "/ipfs/" + root + "/a%20b.csv?format=raw";
      WireAnswer answer = get(gateway, target, "Range: bytes=0-3", "Cookie: a=b");
      assertEquals(206, answer.status());
      assertEquals("bytes 0-3/900", answer.header("Content-Range"));
      assertEquals("\"e\"", answer.header("ETag"));
      assertEquals("r", answer.header("X-Ipfs-Roots"));
      assertEquals("b", answer.header("Limpet-Node"));
      assertEquals("public, max-age=29030400, immutable", answer.header("Cache-Control"));
      assertEquals("sandbox allow-scripts", answer.header("Content-Security-Policy"));
      assertEquals(List.of("GET " + target, "bytes=0-3", "-"), seen);
      gateway.remove("dead"); // else nobody would know whether it has what is asked for next
      assertEquals(404, get(gateway, "/ipfs/" + gateway.data()).status());
      WireAnswer post =
          WireClient.ask(gateway.url(), WireClient.request("POST /ipfs/" + root, "x"));
      assertEquals(405, post.status());
    }
  }

  @Test
  void data_that_a_holder_lost_is_read_from_the_next() throws Exception {
    try (var lost =
            CallsUnderTest.node(
                e -> e.answer(409, "{}", "Limpet-Error: not-held", "Content-Type: text/plain"));
        var holder = CallsUnderTest.node(e -> e.answer(200, "here"));
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("a", lost).holds(root);
      gateway.join("b", holder).holds(root);
      for (int i = 0; i < 4; i++) {
        assertEquals("here", get(gateway, "/ipfs/" + root).text());
      }
    }
  }

  @Test
  void a_read_waits_no_longer_than_its_caller_for_a_holder_that_says_nothing() throws Exception {
    CompletableFuture<Void> end = new CompletableFuture<>();
    try (var silent = CallsUnderTest.node(_ -> end.join());
        var gateway = CallsUnderTest.open(folder);
        AutoCloseable _ = () -> end.complete(null)) {
      Cid root = gateway.data();
      gateway.join("a", silent).holds(root);
      WireAnswer late = get(gateway, "/ipfs/" + root, "Limpet-Timeout: 50ms");
      assertEquals(504, late.status());
      assertEquals("out-of-time", late.header("Limpet-Error"));
      assertEquals(400, get(gateway, "/ipfs/" + root, "Limpet-Timeout: soon").status());
    }
  }

  @Test
  void options_are_the_gateways_own() throws Exception {
    String origin = "https://console.example";
    try (var gateway = new CallsUnderTest(folder, Setup.OPEN.trusting(origin))) {
      String message = WireClient.request("OPTIONS /fn/any", null, "Origin: " + origin);
      WireAnswer answer = WireClient.ask(gateway.url(), message);
      assertEquals(204, answer.status());
      assertEquals("GET, HEAD, POST, OPTIONS", answer.header("Allow"));
      assertEquals(origin, answer.header("Access-Control-Allow-Origin"));
      assertTrue(answer.header("Access-Control-Allow-Headers").contains("Limpet-Timeout"));
      assertTrue(answer.header("Access-Control-Allow-Methods").contains("DELETE"));
      WireAnswer stranger =
          WireClient.ask(
              gateway.url(),
              WireClient.request("OPTIONS /fn/any", null, "Origin: https://evil.example"));
      assertEquals("", stranger.header("Access-Control-Allow-Origin"));
      WireAnswer api =
          WireClient.ask(
              gateway.url(),
              WireClient.request("OPTIONS /v1/functions", null, "Origin: " + origin));
      assertEquals("", api.header("Access-Control-Allow-Origin"));
    }
  }

  @Test
  void a_body_over_the_limit_is_refused_while_it_streams() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(200, e.bodyText()));
        var gateway = CallsUnderTest.open(folder);
        var caller = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      caller.send(
          "POST /fn/hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      byte[] chunk = ("100000\r\n" + "x".repeat(0x100000) + "\r\n").getBytes(US_ASCII);
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int i = 0; i < 200; i++) {
                        caller.send(chunk);
                      }
                    } catch (java.io.UncheckedIOException e) {
                      assertTrue(e.getMessage() != null);
                    }
                  });
      assertEquals(413, caller.answer().status());
      writer.join();
    }
  }
}
