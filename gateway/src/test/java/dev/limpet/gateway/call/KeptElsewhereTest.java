package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.TASK;
import static dev.limpet.gateway.call.Asking.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.RetryBudget;
import dev.limpet.gateway.call.CallsUnderTest.Member;
import dev.limpet.gateway.memo.CallPrint;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.RequestTarget;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls whose answers nodes keep and the gateway has no room for: two nodes hold the data, and the
 * one with fewer calls gets what nobody keeps.
 */
@Timeout(60)
class KeptElsewhereTest {
  /** Too long for the memory of the gateway. */
  private static final String ANSWER = "x".repeat(20_000);

  private final AtomicBoolean forgetful = new AtomicBoolean();

  /** What a node refused that was asked for a kept answer alone. */
  private final AtomicInteger refused = new AtomicInteger();

  private final WireServer one = node();
  private final WireServer other = node();
  private final CallsUnderTest gateway;
  private final Cid function;
  private final Cid root;
  private final String target;
  private final Member a;
  private final Member b;

  KeptElsewhereTest(@TempDir Path folder) throws Exception {
    gateway = CallsUnderTest.open(folder);
    // before there is a node that would get it ahead, and be warm
    function = gateway.deploy("hello").function();
    root = gateway.data();
    target = "/on/" + root + "/-/hello";
    a = gateway.join("a", one).holds(root);
    b = gateway.join("b", other).holds(root);
  }

  @AfterEach
  void close() {
    gateway.close();
    one.close();
    other.close();
  }

  /** One that keeps its answers, unless it is forgetful. */
  private WireServer node() {
    Set<Cid> kept = ConcurrentHashMap.newKeySet();
    return CallsUnderTest.node(
        exchange -> {
          Cid data = Asking.invocation(exchange).inputs().getFirst().root();
          if (Asking.invocation(exchange).ifNoneMatch() != null) {
            exchange.raw("HTTP/1.1 304 n\r\nLimpet-Memo: miss\r\n\r\n");
            return;
          }
          Invocation asked = Asking.invocation(exchange);
          if (forgetful.get() && asked.maxFetchBytes() == 0 && asked.sources().isEmpty()) {
            refused.incrementAndGet();
            exchange.answer(409, "{}", "Limpet-Error: not-held");
            return;
          }
          boolean hit = !kept.add(data) && !forgetful.get();
          exchange.answer(
              200,
              ANSWER,
              "Limpet-Memo: " + (hit ? "hit" : "miss"),
              "Limpet-Task: " + TASK,
              "ETag: \"" + TASK + "\"");
        });
  }

  @BeforeEach
  void a_is_busy_when_the_call_is_made_and_b_from_then_on() {
    a.known().callStarted();
    WireAnswer first = call();
    assertEquals("b", ran(first));
    assertEquals("miss", first.header("Limpet-Memo"));
    a.known().callEnded();
    await().until(() -> b.known().inFlight() == 0);
    b.known().callStarted();
  }

  private WireAnswer call(String... lines) {
    return get(gateway, target, lines);
  }

  private static String ran(WireAnswer answer) {
    return answer.header("Limpet-Node");
  }

  @Test
  void a_call_goes_where_its_answer_is_kept_and_not_where_it_is_quiet() {
    for (int i = 0; i < 3; i++) {
      WireAnswer again = call();
      assertEquals("b", ran(again));
      assertEquals("hit", again.header("Limpet-Memo"));
      assertEquals(ANSWER, again.text());
    }
    assertEquals("a", ran(get(gateway, target + "?arg=x")), "nobody keeps that one");
    assertEquals(0, gateway.memo.entries());
  }

  @Test
  void its_execution_says_why() {
    String execution = call().header("Limpet-Execution");
    String text = get(gateway, "/v1/executions/" + execution).text();
    assertTrue(text.contains("ran the same call before and should have its answer"), text);
  }

  @Test
  void who_wants_a_run_is_not_drawn_to_it() {
    assertEquals("a", ran(call("Cache-Control: no-store")));
    assertEquals("b", ran(call()), "what is not to be kept is not taken down");
    assertEquals("a", ran(call("Cache-Control: no-cache")));
    assertEquals("a", ran(call()), "which was the last one to run it");
  }

  @Test
  void a_node_that_keeps_the_answer_and_has_the_data_no_more_is_asked_all_the_same() {
    b.holds();
    assertEquals("b", ran(call()));
    assertEquals("hit", call().header("Limpet-Memo"));
  }

  @Test
  void when_it_has_dropped_that_the_call_runs_where_the_data_is_and_pays_for_no_second_try() {
    b.holds();
    forgetful.set(true);
    for (int i = 0; i < 3 * RetryBudget.MAX_SAVED; i++) {
      String other = target + "?arg=" + i;
      gateway.memo.keepers().keeps(print(i), b.known().mark(), 1);
      assertEquals("a", ran(get(gateway, other)));
    }
    assertEquals(3 * RetryBudget.MAX_SAVED, refused.get());
    assertEquals("a", ran(get(gateway, target + "?arg=0")));
    assertEquals(3 * RetryBudget.MAX_SAVED, refused.get(), "nobody is asked in vain twice");
  }

  private long print(int argument) {
    RequestTarget.CallQuery query =
        new RequestTarget.CallQuery("", List.of("" + argument), List.of());
    return CallPrint.of(function, List.of(new DataRef(root, List.of())), "", query, List.of());
  }

  @Test
  void it_is_told_who_keeps_the_answer_of_a_call_and_of_no_other() {
    String why = "/v1/why?function=hello&data=" + root;
    String kept = get(gateway, why).text();
    assertTrue(kept.contains("\"keeper\":\"b\"") && kept.contains("\"chosen\":\"b\""), kept);
    String byCid = get(gateway, "/v1/why?function=" + function + "&data=" + root).text();
    assertTrue(byCid.contains("\"keeper\":\"b\""), byCid);
    assertFalse(get(gateway, why + "&arg=1").text().contains("keeper"));
    a.holds();
    b.holds();
    assertFalse(get(gateway, why).text().contains("keeper"), "of data that nobody has");
  }

  @Test
  void what_has_no_whole_answer_says_nothing_of_who_keeps_it() {
    assertEquals(304, call("If-None-Match: \"" + TASK + "\"").status());
    assertEquals("b", ran(call()));
  }

  @Test
  void a_node_that_has_dropped_the_answer_has_the_call_in_vain_once() {
    forgetful.set(true);
    assertEquals("b", ran(call()));
    assertEquals("a", ran(call()));
  }

  @Test
  void without_its_node_a_call_goes_to_another_one_and_stays_there() {
    b.saysGoodbye();
    assertEquals("a", ran(call()));
    assertEquals("hit", call().header("Limpet-Memo"));
  }

  @Test
  void nothing_is_expected_of_a_node_that_is_trusted_no_longer() {
    gateway.memo.forgetNode(b.known().peerId());
    assertEquals("a", ran(call()));
  }
}
