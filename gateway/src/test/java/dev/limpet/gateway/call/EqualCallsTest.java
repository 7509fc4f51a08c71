package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.TASK;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.call.CallsUnderTest.Member;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Equal calls at the same time: the first goes to {@code b}, and {@code a} is quiet then, so that a
 * call with a wish of its own goes there.
 */
@Timeout(60)
class EqualCallsTest {
  private static final String[] KEPT = {
    "Limpet-Memo: miss", "Limpet-Task: " + TASK, "ETag: \"" + TASK + "\""
  };

  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch begin = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final WireServer one = node();
  private final WireServer other = node();
  private final CallsUnderTest gateway;
  private final Cid root;
  private final String call;
  private final Member a;
  private final Member b;

  /** What the first run fails with, or null when it answers. */
  private volatile @Nullable ErrorCode fails;

  EqualCallsTest(@TempDir Path folder) {
    gateway = CallsUnderTest.open(folder);
    root = gateway.data();
    call = "GET /on/" + root + "/-/hello";
    a = gateway.join("a", one).holds(root);
    b = gateway.join("b", other).holds(root);
  }

  @AfterEach
  void close() {
    begin.countDown();
    end.countDown();
    gateway.close();
    one.close();
    other.close();
  }

  /** One whose first answer begins and ends when the test lets it. */
  private WireServer node() {
    return CallsUnderTest.node(
        exchange -> {
          if (!exchange.head().target().equals("/v1/invocations")) {
            exchange.raw("HTTP/1.1 204 n\r\n\r\n");
          } else if (runs.incrementAndGet() > 1) {
            exchange.answer(200, "later", KEPT);
          } else {
            awaited(begin);
            first(exchange);
          }
        });
  }

  private void first(WireExchange exchange) throws IOException {
    ErrorCode code = fails;
    if (code != null) {
      exchange.answer(code.status(), "{}", "Limpet-Error: " + code.code());
      return;
    }
    exchange.begin(200, KEPT);
    exchange.chunk("streams");
    awaited(end);
    exchange.end();
  }

  private static void awaited(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new IOException("nobody let it go on");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Both have it ready: it comes to them ahead, to one before the other. */
  private Cid warm(Deployed deployed) {
    a.known().warmed(deployed.function());
    b.known().warmed(deployed.function());
    return deployed.function();
  }

  private void send(WireClient client, String... lines) throws IOException {
    client.send(WireClient.request(call, null, lines));
  }

  /** The first call, which runs on {@code b} when this returns. */
  private void sendFirst(WireClient client, String... lines) throws IOException {
    a.known().callStarted();
    send(client, lines);
    await().until(() -> runs.get() == 1);
    a.known().callEnded();
  }

  private static String ran(WireAnswer answer) {
    return answer.header("Limpet-Node");
  }

  @Test
  void who_waits_for_what_streams_and_who_comes_while_it_does_goes_to_the_node_that_runs_it()
      throws Exception {
    Cid function = warm(gateway.deploy("hello"));
    try (WireClient leader = WireClient.connect(gateway.url());
        WireClient second = WireClient.connect(gateway.url());
        WireClient third = WireClient.connect(gateway.url())) {
      sendFirst(leader);
      send(second);
      await().until(() -> gateway.memo.joined() == 1);
      begin.countDown();
      assertEquals("b", ran(second.answer()));
      assertTrue(gateway.memo.isKept(function), "the next ones wait, too");
      send(third, "Limpet-Timeout: 50s");
      assertEquals("later", third.answer().text());
      end.countDown();
      assertEquals("streams", leader.answer().text());
    }
  }

  @Test
  void an_answer_that_is_there_when_the_first_call_has_not_ended_is_asked_for_at_its_node()
      throws Exception {
    Cid _ = warm(gateway.deploy("hello"));
    try (WireClient leader = WireClient.connect(gateway.url());
        WireClient second = WireClient.connect(gateway.url())) {
      sendFirst(leader);
      begin.countDown();
      assertEquals(200, leader.head().status());
      send(second);
      assertEquals("b", ran(second.answer()));
    }
  }

  @Test
  void nobody_waits_for_the_next_stream_of_an_http_function() throws Exception {
    Cid function = warm(gateway.deploy("hello", "\"abi\":\"http\""));
    try (WireClient leader = WireClient.connect(gateway.url());
        WireClient second = WireClient.connect(gateway.url())) {
      sendFirst(leader);
      begin.countDown();
      assertEquals(200, leader.head().status());
      assertFalse(gateway.memo.isKept(function));
      send(second);
      assertEquals("a", ran(second.answer()), "where it is quiet");
    }
  }

  @Test
  void calls_with_equal_budgets_are_one_and_who_has_more_waits_for_nobody_with_less()
      throws Exception {
    Cid _ = warm(gateway.deploy("hello"));
    try (WireClient leader = WireClient.connect(gateway.url());
        WireClient equal = WireClient.connect(gateway.url());
        WireClient less = WireClient.connect(gateway.url());
        WireClient more = WireClient.connect(gateway.url())) {
      sendFirst(leader, "Limpet-Timeout: 40s", "Limpet-Max-Fetch: 1MiB");
      send(equal, "Limpet-Timeout: 40s", "Limpet-Max-Fetch: 1MiB");
      send(less, "Limpet-Timeout: 20s", "Limpet-Max-Fetch: 1");
      await().until(() -> gateway.memo.joined() == 2);
      assertEquals(1, runs.get());
      send(more, "Limpet-Timeout: 40s");
      assertEquals("a", ran(more.answer()));
      assertEquals(2, runs.get());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"OUT_OF_TIME", "COMPILING"})
  void who_waited_for_a_run_that_had_too_little_time_runs_it_where_others_do(ErrorCode late)
      throws Exception {
    fails = late;
    Cid _ = warm(gateway.deploy("hello"));
    try (WireClient leader = WireClient.connect(gateway.url());
        WireClient second = WireClient.connect(gateway.url())) {
      sendFirst(leader);
      send(second);
      await().until(() -> gateway.memo.joined() == 1);
      begin.countDown();
      assertEquals(late.code(), leader.answer().header("Limpet-Error"));
      assertEquals("b", ran(second.answer()));
    }
  }

  @Test
  void who_waited_for_a_node_that_has_a_fault_of_its_own_is_not_sent_there() throws Exception {
    fails = ErrorCode.INTERNAL;
    Cid _ = warm(gateway.deploy("hello"));
    try (WireClient leader = WireClient.connect(gateway.url());
        WireClient second = WireClient.connect(gateway.url())) {
      sendFirst(leader);
      send(second);
      await().until(() -> gateway.memo.joined() == 1);
      begin.countDown();
      assertEquals("internal", leader.answer().header("Limpet-Error"));
      assertEquals("a", ran(second.answer()));
    }
  }
}
