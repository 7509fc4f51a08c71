package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.gateway.call.CallsUnderTest.Member;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls of a function that its node still compiles: one node does, and no second one. */
@Timeout(60)
class CompilingCallsTest {
  private static final String SAID =
      new String(
          Problem.of(ErrorCode.COMPILING, "b compiles it")
              .withRetryAfter(Duration.ofSeconds(1))
              .toJson(),
          UTF_8);

  private final List<String> called = new CopyOnWriteArrayList<>();
  private final List<String> sent = new CopyOnWriteArrayList<>();
  private final CountDownLatch compiled = new CountDownLatch(1);

  @TempDir private Path folder;

  private static void compiles(WireExchange exchange) throws IOException {
    exchange.answer(
        503,
        SAID,
        "Content-Type: application/problem+json",
        "Limpet-Error: compiling",
        "Retry-After: 1");
  }

  /** One that compiles at its first call, and has compiled at its second. */
  private WireServer calledNode(String name) {
    return CallsUnderTest.node(
        exchange -> {
          called.add(name);
          if (called.size() == 1) {
            compiles(exchange);
          } else {
            exchange.answer(200, "hello", "Content-Type: text/plain");
          }
        });
  }

  @Test
  void that_a_node_compiles_is_the_answer_and_the_next_call_goes_there_again() throws Exception {
    try (var one = calledNode("a");
        var other = calledNode("b");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.deploy("hello");
      Member a = gateway.join("a", one).holds();
      Member b = gateway.join("b", other).holds();
      a.known().callStarted();
      WireAnswer first = get(gateway, "/fn/hello");
      assertEquals(503, first.status());
      assertEquals("compiling", first.header("Limpet-Error"));
      assertEquals("b", first.header("Limpet-Node"));
      assertEquals("1", first.header("Retry-After"));
      assertEquals(SAID, first.text());
      a.known().callEnded();
      b.known().callStarted();
      assertEquals("hello", get(gateway, "/fn/hello").text());
      assertEquals(List.of("b", "b"), called);
    }
  }

  /** One that is asked twice before it has compiled what it was sent, when it is the first. */
  private WireServer sentNode(String name) {
    return WireServer.start(
        exchange -> {
          exchange.body().readAllBytes();
          if (!exchange.head().target().startsWith("/v1/functions/")) {
            exchange.answer(200, name, "Content-Type: text/plain");
            return;
          }
          sent.add(name);
          if (sent.size() == 1) {
            compiles(exchange);
            return;
          }
          awaitCompiled();
          exchange.raw("HTTP/1.1 204 n\r\n\r\n");
        });
  }

  private void awaitCompiled() throws IOException {
    try {
      if (!compiled.await(30, TimeUnit.SECONDS)) {
        throw new IOException("the test did not let it go on");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void a_function_is_sent_to_the_next_node_when_one_has_compiled_it_and_calls_wait_for_that_one()
      throws Exception {
    try (var one = sentNode("a");
        var other = sentNode("b");
        var gateway = CallsUnderTest.open(folder)) {
      Member a = gateway.join("a", one).holds();
      Member b = gateway.join("b", other).holds();
      gateway.deploy("hello");
      await().until(() -> sent.size() == 2);
      String compiles = sent.getFirst();
      (compiles.equals("a") ? a : b).known().callStarted();
      assertEquals(compiles, get(gateway, "/fn/hello").text());
      assertEquals(List.of(compiles, compiles), sent);
      compiled.countDown();
      await()
          .until(() -> sent.equals(List.of(compiles, compiles, compiles.equals("a") ? "b" : "a")));
    } finally {
      compiled.countDown();
    }
  }
}
