package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.NOBODY;
import static dev.limpet.gateway.call.Asking.answerWell;
import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.isInquiry;
import static dev.limpet.gateway.call.Asking.problem;
import static dev.limpet.testkit.patience.Patience.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Credit;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.HolderInfo;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.Why;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of calls on data that nodes announced, and show or do not. */
@Timeout(60)
class ProofsOfHoldingsTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();

  @TempDir private Path folder;

  /** A node that gives {@code block} for whatever it is asked for, and answers calls. */
  private WireServer giving(int status, String block, String... lines) {
    return CallsUnderTest.node(
        exchange -> {
          if (isInquiry(exchange)) {
            asked.add(exchange.head().method() + " " + exchange.head().target());
            exchange.answer(status, exchange.head().method().equals("HEAD") ? "" : block, lines);
          } else {
            answerWell(exchange);
          }
        });
  }

  private static void lacks(WireExchange exchange) throws IOException {
    if (isInquiry(exchange)) {
      exchange.answer(412, "", "Limpet-Error: not-cached");
    } else {
      answerWell(exchange);
    }
  }

  private static Candidate why(CallsUnderTest gateway, Cid data) {
    return Json.read(
            Why.class, get(gateway, "/v1/why?function=hello&data=" + data).bytes(), 1 << 16)
        .candidates()
        .getFirst();
  }

  private static HolderInfo holder(CallsUnderTest gateway, Cid data) {
    return holders(gateway, data).getFirst();
  }

  private static List<HolderInfo> holders(CallsUnderTest gateway, Cid data) {
    return Json.readPage(HolderInfo.class, get(gateway, "/v1/holders/" + data).bytes(), 1 << 16)
        .items();
  }

  @Test
  void a_root_is_asked_for_once_before_the_first_call_and_the_others_go_there() throws Exception {
    try (var node = giving(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("node", node).claims(data);
      gateway.deploy("hello");
      for (int i = 0; i < 3; i++) {
        var answer = get(gateway, "/on/" + data + "/-/hello");
        assertEquals("node", answer.header("Limpet-Node"));
      }
      assertEquals(List.of("GET /ipfs/" + data + "?format=raw"), asked);
      assertTrue(holder(gateway, data).shown());
      assertTrue(holder(gateway, data).complete());
    }
  }

  @Test
  void a_node_that_joins_again_shows_again_what_it_has() throws Exception {
    try (var node = giving(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.deploy("hello");
      CallsUnderTest.Member member = gateway.join("node", node).claims(data);
      assertEquals(200, get(gateway, "/on/" + data + "/-/hello").status());
      member.claims(data);
      assertEquals(200, get(gateway, "/on/" + data + "/-/hello").status());
      assertEquals(1, asked.size(), "a second snapshot of the same process changes nothing");
      member.again(node.url()).claims(data);
      assertEquals(200, get(gateway, "/on/" + data + "/-/hello").status());
      assertEquals(2, asked.size());
    }
  }

  /**
   * A node that says nothing when it is asked as long as {@code silent}, and then all that it has.
   */
  private WireServer silentWhile(AtomicBoolean silent, String block) {
    return CallsUnderTest.node(
        exchange -> {
          if (isInquiry(exchange) && silent.get()) {
            exchange.answer(500, "", "Limpet-Error: internal");
          } else if (isInquiry(exchange)) {
            exchange.answer(200, exchange.head().method().equals("HEAD") ? "" : block);
          } else {
            answerWell(exchange);
          }
        });
  }

  @Test
  void who_was_found_by_asking_still_counts_when_it_has_announced_it_and_not_shown_it_again()
      throws Exception {
    AtomicBoolean silent = new AtomicBoolean(true);
    try (var node = silentWhile(silent, "data 2");
        var gateway = CallsUnderTest.open(folder)) {
      Cid other = gateway.data();
      Cid data = gateway.data();
      CallsUnderTest.Member member = gateway.join("node", node).claims(other);
      gateway.deploy("hello");
      silent.set(false);
      assertEquals(200, get(gateway, "/ipfs/" + data).status(), "found by asking");
      silent.set(true);
      assertEquals(503, get(gateway, "/ipfs/" + other).status());
      member.alsoClaims(data);
      assertEquals(200, get(gateway, "/on/" + data + "/-/hello").status());
      assertEquals(
          List.of("node"),
          holders(gateway, data).stream().map(HolderInfo::node).toList(),
          "named once");
      silent.set(false);
      assertEquals(200, get(gateway, "/ipfs/" + data).status());
    }
  }

  @Test
  void that_a_node_did_not_answer_is_not_held_against_it_when_it_has_started_anew()
      throws Exception {
    AtomicBoolean silent = new AtomicBoolean(true);
    try (var node = silentWhile(silent, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      CallsUnderTest.Member member = gateway.join("node", node).claims(data);
      gateway.deploy("hello");
      assertEquals(503, get(gateway, "/on/" + data + "/-/hello").status());
      silent.set(false);
      member.again(node.url()).claims(data);
      assertEquals(200, get(gateway, "/on/" + data + "/-/hello").status());
    }
  }

  @Test
  void a_call_that_waits_for_a_proof_asks_again_when_the_node_started_anew_meanwhile()
      throws Exception {
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch isDead = new CountDownLatch(1);
    AtomicBoolean silent = new AtomicBoolean();
    try (var dies =
            CallsUnderTest.node(
                exchange -> {
                  isAsked.countDown();
                  await(isDead);
                  exchange.reset();
                });
        var lives = silentWhile(silent, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      CallsUnderTest.Member member = gateway.join("node", dies).claims(data);
      gateway.deploy("hello");
      var answer =
          CompletableFuture.supplyAsync(
              () -> get(gateway, "/on/" + data + "/-/hello"), Thread::startVirtualThread);
      await(isAsked);
      member.again(lives.url()).claims(data);
      isDead.countDown();
      assertEquals(200, answer.join().status());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/on/%s/-/hello", "/ipfs/%s"})
  void what_is_announced_while_others_are_asked_for_it_is_asked_for_before_a_call_is_refused(
      String path) throws Exception {
    CountDownLatch isAsked = new CountDownLatch(1);
    CountDownLatch isAnnounced = new CountDownLatch(1);
    try (var other =
            CallsUnderTest.node(
                exchange -> {
                  isAsked.countDown();
                  await(isAnnounced);
                  lacks(exchange);
                });
        var node = silentWhile(new AtomicBoolean(), "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("other", other);
      gateway.deploy("hello");
      var answer =
          CompletableFuture.supplyAsync(
              () -> get(gateway, path.formatted(data)), Thread::startVirtualThread);
      await(isAsked);
      gateway.join("node", node).claims(data);
      isAnnounced.countDown();
      assertEquals(200, answer.join().status());
    }
  }

  @Test
  void wrong_bytes_cost_a_node_its_root_and_why_says_so() throws Exception {
    try (var liar = giving(200, "other bytes");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      CallsUnderTest.Member member = gateway.join("liar", liar).claims(data);
      gateway.deploy("hello");
      Problem first = problem(get(gateway, "/on/" + data + "/-/hello"));
      assertEquals(ErrorCode.DATA_NOT_FOUND, first.code());
      assertTrue(first.detail().contains("could not show"), first.detail());
      assertEquals(404, get(gateway, "/ipfs/" + data).status());
      assertEquals(
          "announced the data, and could not show a random block of it",
          why(gateway, data).reason());
      assertFalse(holder(gateway, data).shown());
      assertEquals(1, member.known().toInfo().failedRoots());
      assertEquals(1, asked.stream().filter(line -> line.startsWith("GET")).count());
    }
  }

  @Test
  void the_node_that_has_it_gets_the_call_whoever_else_says_so() throws Exception {
    try (var liar = giving(200, "other bytes");
        var honest = giving(200, "data 1");
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("liar", liar).claims(data);
      gateway.join("honest", honest).claims(data);
      gateway.deploy("hello");
      for (int i = 0; i < 5; i++) {
        assertEquals("honest", get(gateway, "/on/" + data + "/-/hello").header("Limpet-Node"));
      }
    }
  }

  @Test
  void what_is_not_there_is_asked_for_again_when_the_node_still_says_that_it_is() throws Exception {
    try (var node = CallsUnderTest.node(ProofsOfHoldingsTest::lacks);
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      CallsUnderTest.Member member = gateway.join("node", node).claims(data);
      gateway.deploy("hello");
      Problem first = problem(get(gateway, "/on/" + data + "/-/hello"));
      assertEquals(ErrorCode.HOLDERS_OFFLINE, first.code());
      assertTrue(first.detail().contains("showed nothing yet"), first.detail());
      assertEquals(0, member.known().toInfo().failedRoots());
      member.beats().beats();
      assertEquals(
          ErrorCode.DATA_NOT_FOUND, problem(get(gateway, "/on/" + data + "/-/hello")).code());
      assertEquals(1, member.known().toInfo().failedRoots());
    }
  }

  @Test
  void of_a_node_that_showed_it_and_cannot_be_asked_it_is_not_said_that_it_showed_nothing()
      throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("gone", NOBODY).holds(data);
      gateway.deploy("hello");
      for (String path : List.of("/on/" + data + "/-/hello", "/ipfs/" + data)) {
        Problem problem = problem(get(gateway, path));
        assertEquals(ErrorCode.HOLDERS_OFFLINE, problem.code());
        assertEquals("no node that holds the data can be asked now: gone", problem.detail());
      }
    }
  }

  @Test
  void who_fails_too_often_is_not_believed_until_somebody_approves_it() throws Exception {
    try (var liar = giving(200, "no such bytes");
        var gateway = CallsUnderTest.open(folder)) {
      CallsUnderTest.Member member = gateway.join("liar", liar);
      gateway.deploy("hello");
      Cid kept = gateway.data();
      member.holds(kept);
      Cid[] lies = new Cid[Credit.MAX_FAILED_PROOFS];
      for (int i = 0; i < lies.length; i++) {
        lies[i] = gateway.data();
      }
      member.alsoClaims(lies);
      assertEquals(200, get(gateway, "/on/" + kept + "/-/hello").status());
      for (Cid lie : lies) {
        assertEquals(404, get(gateway, "/on/" + lie + "/-/hello").status());
      }
      assertTrue(member.known().toInfo().distrusted());
      assertEquals(503, get(gateway, "/on/" + kept + "/-/hello").status());
      String reason = why(gateway, kept).reason();
      assertTrue(reason.contains("limpet nodes approve liar"), reason);
      assertEquals(200, get(gateway, "/fn/hello").status(), "without data it works on");
      gateway.approve("liar");
      assertEquals(200, get(gateway, "/on/" + kept + "/-/hello").status());
    }
  }

  @Test
  void a_node_that_does_not_answer_lets_a_call_wait_no_longer_than_it_may_take() throws Exception {
    Semaphore over = new Semaphore(0);
    try (var silent =
            CallsUnderTest.node(
                exchange -> {
                  over.acquireUninterruptibly();
                  exchange.answer(412, "");
                });
        var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.join("silent", silent).claims(data);
      gateway.deploy("hello");
      var answer = get(gateway, "/on/" + data + "/-/hello", "Limpet-Timeout: 50ms");
      over.release(10);
      assertEquals(ErrorCode.OUT_OF_TIME, problem(answer).code());
    }
  }

  @Test
  @Tag("long")
  void whatever_a_node_answers_it_is_no_proof_and_nothing_breaks() throws Exception {
    List<WireServer> nodes =
        List.of(
            giving(200, ""),
            giving(204, ""),
            giving(301, "", "Location: http://127.0.0.1:1/"),
            giving(500, "data 1", "Limpet-Error: internal"),
            giving(200, "x".repeat((2 << 20) + 5)),
            CallsUnderTest.node(
                exchange -> exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nd")),
            CallsUnderTest.node(exchange -> exchange.raw("nonsense\r\n\r\n")));
    try (var gateway = CallsUnderTest.open(folder)) {
      Cid data = gateway.data();
      gateway.deploy("hello");
      for (int i = 0; i < nodes.size(); i++) {
        CallsUnderTest.Member member = gateway.join("n" + i, nodes.get(i)).claims(data);
        int status = get(gateway, "/on/" + data + "/-/hello").status();
        assertTrue(status == 404 || status == 503, i + ": " + status);
        assertFalse(holder(gateway, data).shown());
        member.claims();
      }
    } finally {
      for (WireServer node : nodes) {
        node.close();
      }
    }
  }
}
