package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.problem;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.admission.AdaptiveLimit;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.admission.Circuit;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of calls for which there is no room at once. */
@Timeout(60)
class OverloadTest {
  private final AtomicInteger asked = new AtomicInteger();
  private final Semaphore go = new Semaphore(0);

  @TempDir private Path folder;

  /** A node that answers when the test says so. */
  private WireServer slow() {
    return CallsUnderTest.node(
        exchange -> {
          asked.incrementAndGet();
          try {
            go.tryAcquire(20, TimeUnit.SECONDS);
          } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
          }
          exchange.answer(200, "done");
        });
  }

  private static CallsUnderTest.Member joinWithOnePlace(CallsUnderTest gateway, WireServer node) {
    CallsUnderTest.Member member = gateway.join("b", node).holds();
    member.known().gate().bounds(new AdaptiveLimit.Bounds(1, 1));
    return member;
  }

  @Test
  void a_call_waits_for_a_place_at_its_node() throws Exception {
    try (var node = slow();
        var gateway = CallsUnderTest.open(folder);
        var first = WireClient.connect(gateway.url());
        var second = WireClient.connect(gateway.url())) {
      var member = joinWithOnePlace(gateway, node);
      gateway.deploy("hello");
      first.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> asked.get() == 1);
      second.send(WireClient.request("GET /fn/hello?arg=2", null));
      await().until(() -> member.known().gate().waiting() == 1);
      assertEquals(1, asked.get());
      go.release(2);
      assertEquals("done", first.answer().text());
      assertEquals("done", second.answer().text());
      await().until(() -> member.known().inFlight() == 0);
    }
  }

  @Test
  void a_caller_who_leaves_while_its_call_waits_is_forgotten() throws Exception {
    try (var node = slow();
        var gateway = new CallsUnderTest(folder, Setup.OPEN.calls(2));
        var first = WireClient.connect(gateway.url())) {
      var member = joinWithOnePlace(gateway, node);
      gateway.deploy("hello");
      first.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> asked.get() == 1);
      try (var second = WireClient.connect(gateway.url())) {
        second.send(WireClient.request("GET /fn/hello?arg=2", null));
        await().until(() -> member.known().gate().waiting() == 1);
      }
      await().until(() -> member.known().gate().waiting() == 0);
      go.release(2);
      assertEquals("done", first.answer().text());
      await().until(() -> member.known().inFlight() == 0);
      assertEquals("done", get(gateway, "/fn/hello").text());
      assertEquals(2, asked.get());
    }
  }

  @Test
  void a_kept_answer_is_given_also_when_there_is_no_room_for_calls() throws Exception {
    String task = "Limpet-Task: " + Asking.TASK;
    String tag = "ETag: \"" + Asking.TASK + "\"";
    try (var node =
            CallsUnderTest.node(
                exchange -> {
                  if (asked.incrementAndGet() > 1) {
                    go.acquireUninterruptibly();
                  }
                  exchange.answer(200, "done", task, tag, "Limpet-Memo: miss");
                });
        var gateway = new CallsUnderTest(folder, Setup.OPEN.calls(1));
        var waits = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      get(gateway, "/fn/hello");
      waits.send(WireClient.request("GET /fn/hello?arg=2", null));
      await().until(() -> asked.get() == 2);
      assertEquals(ErrorCode.OVERLOADED, problem(get(gateway, "/fn/hello?arg=3")).code());
      assertEquals("hit", get(gateway, "/fn/hello").header("Limpet-Memo"));
      go.release();
      assertEquals("done", waits.answer().text());
    }
  }

  @Test
  void metrics_are_told_also_when_there_is_no_room_for_other_work() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      for (int i = 0; i < BlockingWork.MAX_PENDING; i++) {
        gateway.work.run(() -> go.tryAcquire(20, TimeUnit.SECONDS));
      }
      WireAnswer refused =
          WireClient.ask(
              gateway.url(),
              WireClient.request(
                  "POST /v1/names/a/rollback", "{}", "Content-Type: application/json"));
      assertEquals(ErrorCode.OVERLOADED, problem(refused).code());
      WireAnswer metrics = get(gateway, "/metrics");
      assertEquals(200, metrics.status(), metrics.text());
      assertTrue(metrics.text().contains("limpet_gateway_calls_now 0.0"), metrics::text);
      go.release(BlockingWork.MAX_PENDING);
    }
  }

  @Test
  void who_is_slow_to_send_a_short_body_keeps_no_place_from_others() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(200, "got:" + e.bodyText()));
        var gateway = CallsUnderTest.open(folder);
        var slow = WireClient.connect(gateway.url())) {
      var member = joinWithOnePlace(gateway, node);
      gateway.deploy("hello");
      slow.send("POST /fn/hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nsl");
      await().until(() -> get(gateway, "/metrics").text().contains("limpet_gateway_calls_now 1.0"));
      assertEquals("got:", get(gateway, "/fn/hello").text());
      slow.send("ow");
      assertEquals("got:slow", slow.answer().text());
      await().until(() -> member.known().inFlight() == 0);
    }
  }

  @Test
  void long_bodies_on_their_way_have_half_of_the_places_of_a_node() throws Exception {
    String head = "POST /fn/hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
    try (var node = CallsUnderTest.node(e -> e.answer(200, "got:" + e.bodyText().length()));
        var gateway = CallsUnderTest.open(folder);
        var first = WireClient.connect(gateway.url())) {
      var gate = gateway.join("b", node).holds().known().gate();
      gate.bounds(new AdaptiveLimit.Bounds(4, 4));
      gateway.deploy("hello");
      first.send(head + "a".repeat(10));
      try (var second = WireClient.connect(gateway.url());
          var third = WireClient.connect(gateway.url())) {
        second.send(head + "b".repeat(10));
        await().until(() -> gate.inFlight() == 2);
        third.send(head);
        WireAnswer refused = third.answer();
        assertEquals(429, refused.status());
        assertTrue(problem(refused).detail().contains("on their way"), refused::text);
        assertEquals("1", refused.header("Retry-After"));
        assertEquals("got:0", get(gateway, "/fn/hello").text());

        first.send("a".repeat(99_990));
        assertEquals("got:100000", first.answer().text());
        first.send(head + "c".repeat(100_000));
        assertEquals("got:100000", first.answer().text());
      }
      await().until(() -> gate.inFlight() == 0);
      assertTrue(
          get(gateway, "/metrics").text().contains("limpet_gateway_calls_refused_body_total 1.0"),
          get(gateway, "/metrics")::text);
    }
  }

  @Test
  void a_call_waits_no_longer_than_it_may_take() throws Exception {
    try (var node = slow();
        var gateway = CallsUnderTest.open(folder);
        var first = WireClient.connect(gateway.url())) {
      var member = joinWithOnePlace(gateway, node);
      gateway.deploy("hello");
      first.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> asked.get() == 1);
      WireAnswer second = get(gateway, "/fn/hello?arg=2", "Limpet-Timeout: 20ms");
      assertEquals(429, second.status());
      assertEquals(ErrorCode.OVERLOADED, problem(second).code());
      assertEquals("1", second.header("Retry-After"));
      assertEquals(0, member.known().gate().waiting());
      go.release();
      assertEquals("done", first.answer().text());
    }
  }

  @Test
  void with_no_room_at_the_first_node_another_that_may_is_asked() throws Exception {
    try (var full = slow();
        var free = CallsUnderTest.node(e -> e.answer(200, "free"));
        var gateway = CallsUnderTest.open(folder)) {
      gateway.deploy("hello");
      var member = joinWithOnePlace(gateway, full);
      assertTrue(member.known().gate().tryEnter());
      var busier = gateway.join("c", free).holds().known().gate();
      busier.enter();
      busier.enter();
      assertEquals("free", get(gateway, "/fn/hello").text());
    }
  }

  @Test
  void the_only_node_gets_less_when_it_says_that_it_has_too_much_to_do() throws Exception {
    try (var node = CallsUnderTest.node(e -> e.answer(429, "", "Limpet-Error: overloaded"));
        var gateway = CallsUnderTest.open(folder)) {
      var gate = gateway.join("b", node).holds().known().gate();
      gateway.deploy("hello");
      int before = gate.limit();
      assertEquals(429, get(gateway, "/fn/hello").status());
      assertTrue(gate.limit() < before);
    }
  }

  @Test
  void one_function_leaves_room_for_others() throws Exception {
    CallPolicy.Shares shares = new CallPolicy.Shares(0, 1);
    try (var node = slow();
        var gateway = new CallsUnderTest(folder, Setup.OPEN.sharing(shares));
        var first = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      gateway.deploy("other", "\"args\":[\"x\"]");
      first.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> asked.get() == 1);
      WireAnswer second = get(gateway, "/fn/hello?arg=2");
      assertEquals(429, second.status());
      assertTrue(problem(second).detail().contains("this function"));
      go.release(2);
      assertEquals("done", get(gateway, "/fn/other").text());
      assertEquals("done", first.answer().text());
      go.release(1);
      await().until(() -> get(gateway, "/fn/hello").status() == 200);
    }
  }

  @Test
  void one_caller_leaves_room_for_others() throws Exception {
    CallPolicy.Shares shares = new CallPolicy.Shares(1, 0);
    try (var node = slow();
        var gateway = new CallsUnderTest(folder, Setup.OPEN.sharing(shares));
        var first = WireClient.connect(gateway.url())) {
      gateway.join("b", node).holds();
      gateway.deploy("hello");
      first.send(WireClient.request("GET /fn/hello", null));
      await().until(() -> asked.get() == 1);
      WireAnswer second = get(gateway, "/fn/hello?arg=2");
      assertEquals(429, second.status());
      assertTrue(problem(second).detail().contains("this caller"));
      go.release(1);
      assertEquals("done", first.answer().text());
    }
  }

  @Test
  void a_network_of_ipv6_is_one_caller() {
    assertEquals("10.0.0.7", CallAdmission.networkOf("10.0.0.7"));
    assertEquals("2001:db8:0:1", CallAdmission.networkOf("2001:db8:0:1:aaaa:0:0:7"));
    assertEquals("0:0:0:0", CallAdmission.networkOf("0:0:0:0:0:0:0:1"));
  }

  @Test
  void a_node_that_breaks_every_call_gets_none_for_a_while() throws Exception {
    try (var node =
            CallsUnderTest.node(
                exchange -> {
                  asked.incrementAndGet();
                  exchange.reset();
                });
        var well = CallsUnderTest.node(Asking::answerWell);
        var gateway = CallsUnderTest.open(folder)) {
      var member = gateway.join("b", node).holds();
      gateway.deploy("hello");
      for (int i = 0; i < Circuit.MAX_FAILURES; i++) {
        get(gateway, "/fn/hello");
      }
      assertTrue(member.known().circuit().isOpen());
      int before = asked.get();
      // Within its first pause of a second, or a try after it: the caller is told either way.
      assertFalse(get(gateway, "/fn/hello").status() == 200);
      assertTrue(asked.get() - before <= 2);
      gateway.join("b2", well).holds();
      assertEquals("hello", get(gateway, "/fn/hello").text());
    }
  }

  @Test
  void what_a_node_says_of_its_time_is_read() {
    assertEquals(12_345, ServerTiming.micros("queue;dur=12.345, run;dur=2", "queue;dur="));
    assertEquals(2_000, ServerTiming.micros("queue;dur=12.345, run;dur=2", "run;dur="));
    assertEquals(100, ServerTiming.micros("queue;dur=0.1", "queue;dur="));
    assertEquals(-1, ServerTiming.micros("queue;dur=, run", "queue;dur="));
    assertEquals(-1, ServerTiming.micros("x", "queue;dur="));
    assertEquals(-1, ServerTiming.micros("run;dur=99999999999999999999", "run;dur="));
  }
}
