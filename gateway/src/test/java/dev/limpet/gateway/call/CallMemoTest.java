package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.TASK;
import static dev.limpet.gateway.call.Asking.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls that the gateway answers without a node, and calls that wait for equal ones. */
@Timeout(60)
class CallMemoTest {
  @TempDir private Path folder;
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final CountDownLatch goOn = new CountDownLatch(1);

  /** A node whose answers may be kept. */
  private WireServer node(String... lines) {
    return CallsUnderTest.node(
        exchange -> {
          if (Asking.isInquiry(exchange)) {
            exchange.answer(412, "");
          } else if (exchange.head().target().equals("/v1/invocations")) {
            runs.incrementAndGet();
            answer(exchange, lines);
          } else {
            cancelled.incrementAndGet();
            exchange.raw("HTTP/1.1 204 n\r\n\r\n");
          }
        });
  }

  private static void answer(WireExchange exchange, String... lines) throws IOException {
    List<String> all = new ArrayList<>(List.of(lines));
    all.add("Content-Type: text/x");
    all.add("Limpet-Memo: miss");
    all.add("Limpet-Data-Bytes: 900");
    all.add("Limpet-Task: " + TASK);
    all.add("Server-Timing: queue;dur=0.1, run;dur=2");
    all.add("ETag: \"" + TASK + "\"");
    exchange.answer(200, "hello", all.toArray(String[]::new));
  }

  /** The same, but an answer waits until the test lets it go on. */
  private WireServer slowNode() {
    return CallsUnderTest.node(
        exchange -> {
          if (exchange.head().target().equals("/v1/invocations")) {
            runs.incrementAndGet();
            awaitLeave();
            answer(exchange);
          } else {
            cancelled.incrementAndGet();
            exchange.raw("HTTP/1.1 204 n\r\n\r\n");
          }
        });
  }

  private void awaitLeave() throws IOException {
    try {
      if (!goOn.await(30, TimeUnit.SECONDS)) {
        throw new IOException("nobody let it go on");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String memo(WireAnswer answer) {
    return answer.header("Limpet-Memo");
  }

  @Test
  void the_second_of_equal_calls_reaches_no_node_and_says_what_the_first_said() throws Exception {
    try (var node = node("X-A: b", "X-A: c", "Vary: accept-language");
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("a", node).holds(root);
      gateway.deploy("hello");
      String target = "/on/" + root + "/-/hello?arg=1";
      WireAnswer first = get(gateway, target);
      WireAnswer again = get(gateway, target);
      assertEquals(1, runs.get());
      assertEquals("miss", memo(first));
      assertEquals("hit", memo(again));
      assertEquals(first.text(), again.text());
      for (String name :
          List.of(
              "Content-Type",
              "Content-Length",
              "ETag",
              "Cache-Control",
              "Limpet-Task",
              "Limpet-Node",
              "Limpet-Function",
              "Limpet-Execution",
              "Limpet-Data-Bytes",
              "Content-Security-Policy",
              "X-Content-Type-Options",
              "Vary")) {
        assertEquals(first.head().headers(name), again.head().headers(name), name);
        assertEquals(1, again.head().headers(name).size(), name);
      }
      assertEquals(List.of("b", "c"), again.head().headers("X-A"));
      assertEquals("0", again.header("Limpet-Bytes-Fetched"));
      assertTrue(again.header("Server-Timing").endsWith("run;dur=0"));
      assertEquals(1, gateway.memo.hits());
    }
  }

  @Test
  void a_call_that_avoids_a_node_runs_on_another_one_as_long_as_there_is_one() throws Exception {
    try (var a = node();
        var b = node();
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("a", a).holds(root);
      CallsUnderTest.Member other = gateway.join("b", b).holds(root);
      gateway.deploy("hello");
      String target = "/on/" + root + "/-/hello";
      String key = other.known().peerId().toString();
      for (int i = 0; i < 4; i++) {
        assertEquals("b", ran(get(gateway, target, "Cache-Control: no-store", "Limpet-Avoid: a")));
        assertEquals(
            "a", ran(get(gateway, target, "Cache-Control: no-store", "Limpet-Avoid: " + key)));
      }
      other.saysGoodbye();
      assertEquals("a", ran(get(gateway, target, "Cache-Control: no-store", "Limpet-Avoid: a")));
      assertEquals(
          400,
          get(gateway, target, "Cache-Control: no-store", "Limpet-Avoid: a", "Limpet-Avoid: b")
              .status());
    }
  }

  private static String ran(WireAnswer answer) {
    return answer.header("Limpet-Node");
  }

  @Test
  void who_has_it_gets_304_and_head_gets_the_head() throws Exception {
    try (var node = node();
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      String tag = get(gateway, "/fn/hello").header("ETag");
      WireAnswer known = get(gateway, "/fn/hello", "If-None-Match: \"x\", W/" + tag);
      assertEquals(304, known.status());
      assertEquals(tag, known.header("ETag"));
      assertEquals("public, no-cache", known.header("Cache-Control"));
      assertEquals("", known.header("Content-Type"));
      assertEquals("hello", get(gateway, "/fn/hello", "If-None-Match: \"x\"").text());
      try (WireClient client = WireClient.connect(gateway.url())) {
        client.send(WireClient.request("HEAD /fn/hello", null));
        assertEquals("5", client.head().header("Content-Length").orElse(""));
      }
      assertEquals(1, runs.get());
    }
  }

  @Test
  void a_range_of_a_kept_answer_can_be_had_as_long_as_it_is_the_same() throws Exception {
    try (var node = node();
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      assertEquals(200, get(gateway, "/fn/hello", "Range: bytes=1-2").status());
      WireAnswer part = get(gateway, "/fn/hello", "Range: bytes=1-2");
      assertEquals(206, part.status());
      assertEquals("el", part.text());
      assertEquals("bytes 1-2/5", part.header("Content-Range"));
      assertEquals("bytes", part.header("Accept-Ranges"));
      String tag = part.header("ETag");
      WireAnswer same = get(gateway, "/fn/hello", "Range: bytes=-2", "If-Range: " + tag);
      assertEquals("lo", same.text());
      WireAnswer other = get(gateway, "/fn/hello", "Range: bytes=-2", "If-Range: \"x\"");
      assertEquals(200, other.status());
      assertEquals("hello", other.text());
      WireAnswer beyond = get(gateway, "/fn/hello", "Range: bytes=9-");
      assertEquals(416, beyond.status());
      assertEquals("bytes */5", beyond.header("Content-Range"));
      assertEquals("no-store", beyond.header("Cache-Control"));
      assertEquals("", beyond.header("ETag"));
      assertEquals("hello", get(gateway, "/fn/hello", "Range: lines=1").text());
      assertEquals(1, runs.get());
    }
  }

  @Test
  void what_differs_in_anything_that_the_function_may_see_is_another_call() throws Exception {
    try (var node = node();
        var gateway = CallsUnderTest.open(folder)) {
      Cid one = gateway.data();
      Cid two = gateway.data();
      gateway.join("a", node).holds(one, two);
      gateway.deploy("hello", "\"headers\":[\"accept-language\"]");
      get(gateway, "/fn/hello");
      get(gateway, "/fn/hello", "Accept-Language: de");
      get(gateway, "/fn/hello", "Accept-Language:");
      get(gateway, "/fn/hello", "Content-Type: text/x");
      get(gateway, "/fn/hello", "Limpet-Data: " + one);
      get(gateway, "/fn/hello", "Limpet-Data: " + two);
      get(gateway, "/fn/hello?arg=a");
      get(gateway, "/fn/hello?limpet-data=" + one);
      assertEquals(8, runs.get());
      get(gateway, "/fn/hello", "Cookie: a=b", "Accept: text/html", "Accept-Language: de");
      assertEquals(8, runs.get());
      WireAnswer named = get(gateway, "/fn/hello", "Limpet-Data: " + one);
      assertEquals("hit", memo(named));
      assertEquals("private, no-cache", named.header("Cache-Control"));
      assertEquals("Limpet-Data", named.header("Vary"));
    }
  }

  @Test
  void a_new_version_of_a_name_is_not_answered_with_the_old_ones_answer() throws Exception {
    try (var node = node();
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      get(gateway, "/fn/hello");
      gateway.deploy("hello", "\"env\":{\"A\":\"b\"}");
      assertEquals("miss", memo(get(gateway, "/fn/hello")));
      assertEquals(2, runs.get());
    }
  }

  @Test
  void who_may_not_call_gets_no_answer_though_one_is_kept() throws Exception {
    try (var node = node();
        var gateway = new CallsUnderTest(folder, Setup.OPEN.withPublic())) {
      Cid root = gateway.data();
      CallsUnderTest.Member member = gateway.join("a", node).holds(root);
      Cid function = gateway.deploy("hello").function();
      String token = "Authorization: Bearer " + CallsUnderTest.CALLS_TOKEN;
      String byCid = "/on/" + root + "/-/" + function;
      String byName = "/on/" + root + "/-/hello";
      assertEquals("private, max-age=86400", get(gateway, byCid, token).header("Cache-Control"));
      assertEquals("hit", memo(get(gateway, byCid, token)));
      assertEquals(401, get(gateway, byCid).status());
      assertEquals(401, get(gateway, byName, "Authorization: Bearer wrong").status());
      assertEquals("private, no-cache", get(gateway, byName, token).header("Cache-Control"));
      WireAnswer ofPublic = get(gateway, byName);
      assertEquals("hit", memo(ofPublic));
      assertEquals("public, no-cache", ofPublic.header("Cache-Control"));
      member.holds();
      assertEquals(404, get(gateway, byName).status());
    }
  }

  @Test
  void what_a_revoked_node_said_is_said_no_more() throws Exception {
    try (var node = node();
        var other = node();
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("a", node).holds(root);
      gateway.deploy("hello");
      String target = "/on/" + root + "/-/hello";
      get(gateway, target);
      gateway.join("b", other).holds(root);
      assertEquals("hit", memo(get(gateway, target)));
      gateway.revoke("a");
      assertEquals(0, gateway.memo.entries());
      WireAnswer answer = get(gateway, target);
      assertEquals("miss", memo(answer));
      assertEquals("b", answer.header("Limpet-Node"));
    }
  }

  @Test
  void what_a_node_does_not_want_kept_is_not_and_nor_are_failures() throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  runs.incrementAndGet();
                  String kind = Asking.invocation(e).arguments().getFirst();
                  String task = "Limpet-Task: " + TASK;
                  String tag = "ETag: \"" + TASK + "\"";
                  String miss = "Limpet-Memo: miss";
                  switch (kind) {
                    case "bypass" -> e.answer(200, "x", task, tag, "Limpet-Memo: bypass");
                    case "untagged" -> e.answer(200, "x", task, miss);
                    case "other" -> e.answer(200, "x", task, miss, "ETag: \"other\"");
                    case "found" -> e.answer(404, "x", task, tag, miss);
                    case "part" -> e.answer(206, "x", task, tag, miss);
                    default -> e.answer(200, "x".repeat(20_000), task, tag, miss);
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      for (String kind : List.of("bypass", "untagged", "other", "found", "part", "long")) {
        get(gateway, "/fn/hello?arg=" + kind);
        int before = runs.get();
        get(gateway, "/fn/hello?arg=" + kind);
        assertTrue(runs.get() > before, kind);
      }
      assertEquals(0, gateway.memo.entries());
    }
  }

  @Test
  void no_cache_runs_and_no_store_keeps_nothing() throws Exception {
    try (var node = node();
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      get(gateway, "/fn/hello", "Cache-Control: no-store");
      assertEquals(0, gateway.memo.entries());
      get(gateway, "/fn/hello", "Cache-Control: no-cache");
      get(gateway, "/fn/hello", "Cache-Control: max-age=0, no-cache");
      get(gateway, "/fn/hello", "Cache-Control: no-store");
      assertEquals(4, runs.get());
      assertEquals(0, gateway.memo.misses(), "who wants a run misses nothing");
      assertEquals("hit", memo(get(gateway, "/fn/hello")));
      assertEquals(200, get(gateway, "/fn/hello?arg=1", "Cache-Control: only-if-cached").status());
    }
  }

  @Test
  void equal_calls_at_the_same_time_are_one_call_of_a_node() throws Exception {
    try (var node = slowNode();
        var gateway = CallsUnderTest.open(folder);
        WireClient first = WireClient.connect(gateway.url());
        WireClient second = WireClient.connect(gateway.url());
        WireClient third = WireClient.connect(gateway.url())) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      first.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> runs.get() == 1);
      second.send(WireClient.request("GET /fn/hello", null));
      third.send(WireClient.request("GET /fn/hello", null, "Limpet-Timeout: 500ms"));
      assertEquals("out-of-time", third.answer().header("Limpet-Error"));
      await().until(() -> gateway.memo.joined() == 2);
      goOn.countDown();
      assertEquals("miss", memo(first.answer()));
      assertEquals("hit", memo(second.answer()));
      assertEquals(1, runs.get());
      assertEquals(1, gateway.memo.hits());
      assertEquals(1, gateway.memo.misses());
      await().until(gateway::isIdle);
    }
  }

  @Test
  void the_call_goes_on_when_its_first_caller_leaves_and_ends_with_the_last() throws Exception {
    try (var node = slowNode();
        var gateway = CallsUnderTest.open(folder);
        WireClient second = WireClient.connect(gateway.url())) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      try (WireClient first = WireClient.connect(gateway.url())) {
        first.send(WireClient.request("GET /fn/hello", null));
        await().until(() -> runs.get() == 1);
        second.send(WireClient.request("GET /fn/hello", null));
        await().until(() -> gateway.memo.joined() == 1);
      }
      try (WireClient third = WireClient.connect(gateway.url())) {
        third.send(WireClient.request("GET /fn/hello", null));
        await().until(() -> gateway.memo.joined() == 2);
      }
      assertEquals(0, cancelled.get());
      goOn.countDown();
      assertEquals("hello", second.answer().text());
      assertEquals(1, runs.get());
    }
  }

  @Test
  void a_call_that_all_have_left_is_cancelled() throws Exception {
    try (var node = slowNode();
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      try (WireClient second = WireClient.connect(gateway.url())) {
        try (WireClient first = WireClient.connect(gateway.url())) {
          first.send(WireClient.request("GET /fn/hello", null));
          await().until(() -> runs.get() == 1);
          second.send(WireClient.request("GET /fn/hello", null));
          await().until(() -> gateway.memo.joined() == 1);
        }
        assertEquals(0, cancelled.get());
      }
      await().until(() -> cancelled.get() == 1);
      goOn.countDown();
      await().until(gateway::isIdle);
    }
  }

  @Test
  void those_who_waited_for_what_is_not_kept_make_their_own_calls_and_the_next_wait_no_more()
      throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  runs.incrementAndGet();
                  awaitLeave();
                  e.answer(200, "alone");
                });
        var gateway = CallsUnderTest.open(folder);
        WireClient first = WireClient.connect(gateway.url());
        WireClient second = WireClient.connect(gateway.url())) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      first.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> runs.get() == 1);
      second.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> gateway.memo.joined() == 1);
      goOn.countDown();
      assertEquals("alone", first.answer().text());
      assertEquals("alone", second.answer().text());
      assertEquals(2, runs.get());
      assertFalse(gateway.memo.isKept(gateway.deploy("hello").function()));
    }
  }
}
