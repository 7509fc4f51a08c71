package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.NOBODY;
import static dev.limpet.gateway.call.Asking.answerWell;
import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.isInquiry;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.NodeGate;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.Why;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever asks where a call would go hears what the call hears a moment later. */
@Timeout(60)
class WhyTest {
  private final AtomicInteger called = new AtomicInteger();

  @TempDir private Path folder;

  /** A node that has, or lacks, whatever it is asked for, and counts calls. */
  private WireServer node(int status, String block) {
    return CallsUnderTest.node(
        exchange -> {
          if (isInquiry(exchange)) {
            exchange.answer(status, exchange.head().method().equals("HEAD") ? "" : block);
          } else {
            called.incrementAndGet();
            answerWell(exchange);
          }
        });
  }

  private static Why why(CallsUnderTest gateway, Cid data, String... lines) {
    WireAnswer answer = get(gateway, "/v1/why?function=hello&data=" + data, lines);
    assertEquals(200, answer.status(), answer::text);
    return Json.read(Why.class, answer.bytes(), 1 << 20);
  }

  /** Asks first, and then calls; both must say this. */
  private Why both(
      CallsUnderTest gateway, Cid data, @Nullable String node, @Nullable ErrorCode refused) {
    Why why = why(gateway, data);
    assertEquals(0, called.get(), "it runs nothing");
    assertEquals(node, why.chosen());
    assertEquals(refused == null ? null : refused.code(), why.refused());
    WireAnswer call = get(gateway, "/on/" + data + "/-/hello");
    if (refused == null) {
      assertEquals(node, call.header("Limpet-Node"));
    } else {
      assertEquals(refused.code(), call.header("Limpet-Error"));
    }
    return why;
  }

  private static Candidate candidate(Stream<Candidate> all, String node) {
    return all.filter(one -> one.node().equals(node)).findFirst().orElseThrow();
  }

  @Test
  void data_that_nobody_announced_is_asked_for_as_for_the_call() throws Exception {
    try (var has = node(200, "data 1");
        var lacks = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("has", has).holds();
      gateway.join("lacks", lacks).holds();
      gateway.deploy("hello");
      Why why = both(gateway, data, "has", null);
      assertEquals("has", why.candidates().getFirst().node());
      assertEquals(data.toString(), why.data());
    }
  }

  @Test
  void data_that_nobody_has_is_not_found() throws Exception {
    try (var lacks = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("lacks", lacks).holds();
      gateway.deploy("hello");
      both(gateway, gateway.data(), null, ErrorCode.DATA_NOT_FOUND);
    }
  }

  @Test
  void a_node_that_did_not_say_whether_it_has_the_data_is_told_as_such() throws Exception {
    try (var lacks = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("lacks", lacks).holds();
      gateway.join("silent", NOBODY).holds();
      gateway.deploy("hello");
      Why why = both(gateway, data, null, ErrorCode.HOLDERS_OFFLINE);
      assertTrue(
          candidate(why.candidates().stream(), "silent").reason().contains("did not answer"),
          why::toString);
      assertFalse(
          candidate(why.candidates().stream(), "lacks").reason().contains("did not answer"),
          why::toString);
    }
  }

  @Test
  void a_holder_that_went_silent_and_answers_all_the_same_is_chosen() throws Exception {
    try (var node = node(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("node", node).holds(data);
      gateway.deploy("hello");
      silence(gateway);
      both(gateway, data, "node", null);
    }
  }

  @Test
  void the_candidates_of_a_call_whose_holders_are_away_are_told() throws Exception {
    try (var lacks = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("away", NOBODY).holds(data);
      gateway.deploy("hello");
      silence(gateway);
      gateway.join("here", lacks).holds();
      Why why = both(gateway, data, null, ErrorCode.HOLDERS_OFFLINE);
      Problem problem = Asking.problem(get(gateway, "/on/" + data + "/-/hello"));
      for (List<Candidate> told : List.of(why.candidates(), problem.context().candidates())) {
        assertTrue(candidate(told.stream(), "away").reason().contains("not heard of"));
        assertTrue(candidate(told.stream(), "here").reason().contains("does not hold"));
      }
    }
  }

  @Test
  void a_gateway_that_began_just_now_waits_for_its_nodes() throws Exception {
    try (var has = node(200, "data 1")) {
      try (var before = CallsUnderTest.open(folder)) {
        before.time.pass(Duration.ofHours(-1));
        before.join("has", has).holds();
        before.deploy("hello");
      }
      try (var gateway = CallsUnderTest.open(folder)) {
        gateway.deploy("hello");
        Cid data = gateway.data();
        both(gateway, data, null, ErrorCode.HOLDERS_OFFLINE);
        gateway.time.pass(ExpectedNodes.MAX_EXPECTED_TIME);
        both(gateway, data, null, ErrorCode.DATA_NOT_FOUND);
      }
    }
  }

  @Test
  void the_headers_of_the_request_are_those_of_the_call() throws Exception {
    try (var node = node(412, "");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("busy", node).holdsPartOf(data, 1000);
      gateway.join("other", node).holdsPartOf(data, 1000);
      gateway.deploy("hello");
      assertNotNull(why(gateway, data).chosen());
      Why refused = why(gateway, data, "Limpet-Max-Fetch: 999");
      assertEquals("would-move", refused.refused());
      String avoid = "Limpet-Avoid: busy";
      Why avoiding = why(gateway, data, avoid, "Cache-Control: no-store");
      assertEquals("other", avoiding.chosen());
      String bad = "Limpet-Max-Fetch: much";
      WireAnswer answer = get(gateway, "/v1/why?function=hello&data=" + data, bad);
      assertEquals("bad-header", answer.header("Limpet-Error"));
    }
  }

  @Test
  void a_node_that_refuses_all_calls_now_is_told_with_its_numbers() throws Exception {
    Semaphore go = new Semaphore(0);
    try (var slow =
            CallsUnderTest.node(
                exchange -> {
                  go.acquireUninterruptibly();
                  answerWell(exchange);
                });
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      var member = gateway.join("node", slow).holds(data);
      gateway.deploy("hello");
      Why free = why(gateway, data);
      assertEquals("node", free.chosen());
      assertNull(free.waitMs());
      var gate = member.known().gate();
      int places = gate.limit();
      for (int i = 0; i < places; i++) {
        gate.enter();
      }
      Why waits = why(gateway, data);
      assertEquals("node", waits.chosen());
      assertNotNull(waits.waitMs());
      assertTrue(waits.waitMs() > 0, waits::toString);
      assertTrue(gate.giveUp(waiting(gate), NodeGate.MAX_WAIT));
      Why refused = why(gateway, data);
      assertEquals("overloaded", refused.refused());
      assertNull(refused.chosen());
      assertNull(refused.limit(), "it is the node that has no room");
      Candidate.Cost cost = refused.candidates().getFirst().cost();
      assertNotNull(cost);
      assertEquals(places, cost.calls());
      WireAnswer call = get(gateway, "/on/" + data + "/-/hello");
      assertEquals("overloaded", call.header("Limpet-Error"));
      go.release();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, max-calls, this gateway",
    "3, 1, 1, max-caller-calls, this caller",
    "3, 2, 1, max-function-calls, this function"
  })
  void a_limit_of_the_gateway_is_told_with_the_calls_that_there_are(
      int calls, int caller, int function, String limit, String said) throws Exception {
    Semaphore go = new Semaphore(0);
    Setup setup = Setup.OPEN.calls(calls).sharing(new CallPolicy.Shares(caller, function));
    try (var slow =
            CallsUnderTest.node(
                exchange -> {
                  called.incrementAndGet();
                  go.acquireUninterruptibly();
                  answerWell(exchange);
                });
        var gateway = new CallsUnderTest(folder, setup);
        var first = WireClient.connect(gateway.url())) {
      Cid data = gateway.data();
      gateway.join("node", slow).holds(data);
      gateway.deploy("hello");
      List<String> names = List.of("max-calls", "max-caller-calls", "max-function-calls");
      Why before = why(gateway, data);
      assertEquals("node", before.chosen());
      assertNull(before.limit());
      assertEquals(names, before.limits().stream().map(Why.Limit::name).toList());
      assertEquals(List.of(0, 0, 0), before.limits().stream().map(Why.Limit::calls).toList());

      first.send(WireClient.request("GET /on/" + data + "/-/hello", null));
      await().until(() -> called.get() == 1);
      Why full = why(gateway, data);
      assertEquals(limit, full.limit());
      assertEquals("overloaded", full.refused());
      assertNull(full.chosen());
      assertEquals("node", full.candidates().getFirst().node(), "who would have it otherwise");
      assertEquals(List.of(1, 1, 1), full.limits().stream().map(Why.Limit::calls).toList());
      assertEquals(
          List.of(calls, caller, function), full.limits().stream().map(Why.Limit::most).toList());
      WireAnswer call = get(gateway, "/on/" + data + "/-/hello?arg=2");
      assertEquals("overloaded", call.header("Limpet-Error"));
      assertTrue(Asking.problem(call).detail().startsWith(said), call::text);
      go.release();
      assertEquals(200, first.answer().status());
    }
  }

  private static NodeGate.Waiting waiting(NodeGate gate) {
    NodeGate.Waiting call = () -> false;
    gate.await(call);
    return call;
  }

  private static void silence(CallsUnderTest gateway) {
    gateway.time.pass(Asking.SILENCE);
    gateway.registry.tick();
  }
}
