package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls of functions that a node must fetch, while its link to the gateway is not up. */
class FirstCallsTest {
  private final SampleFunction hello = SampleFunction.of(SampleModules.hello());

  @TempDir Path dir = Path.of("");

  private FakeGateway gateway() {
    FakeGateway gateway = FakeGateway.start();
    gateway.functions.put(hello.cid().toString(), hello.car());
    return gateway;
  }

  private NodeUnderTest node(FakeGateway gateway) {
    return NodeUnderTest.start(dir, "gateway=" + gateway.url());
  }

  private static void answered(WireAnswer answer) {
    assertEquals(200, answer.status(), answer::text);
    assertEquals(SampleModules.HELLO, answer.text());
  }

  @Test
  void a_node_that_was_let_in_and_still_tells_what_it_holds_fetches_a_function() {
    CountDownLatch hears = new CountDownLatch(1);
    try (FakeGateway gateway = gateway()) {
      gateway.hears = hears;
      try (NodeUnderTest node = node(gateway)) {
        await().until(() -> gateway.tokens.contains("Bearer token-of-s-1"));
        answered(TestCall.of(hello).ask(node));
        assertFalse(node.isJoined());
        hears.countDown();
        await().until(node::isJoined);
      } finally {
        hears.countDown();
      }
    }
  }

  @Test
  void a_call_that_is_faster_than_the_answer_to_the_join_waits_for_that() {
    CountDownLatch welcomes = new CountDownLatch(1);
    try (FakeGateway gateway = gateway()) {
      gateway.welcomes = welcomes;
      try (NodeUnderTest node = node(gateway)) {
        await().until(() -> !gateway.joins.isEmpty());
        CompletableFuture<WireAnswer> call =
            CompletableFuture.supplyAsync(
                () -> TestCall.of(hello).ask(node), task -> Thread.ofVirtual().start(task));
        await().until(() -> call.isDone() || node.metric("limpet_node_calls") == 1);
        welcomes.countDown();
        answered(call.join());
      } finally {
        welcomes.countDown();
      }
    }
  }

  @Test
  void a_node_whose_link_broke_fetches_a_function_as_long_as_the_gateway_knows_it() {
    try (FakeGateway gateway = gateway();
        NodeUnderTest node = node(gateway)) {
      await().until(node::isJoined);
      gateway.isDeaf = true;
      await().until(() -> !node.isJoined());
      answered(TestCall.of(hello).ask(node));
      assertEquals(List.of("Bearer token-of-s-1"), gateway.fetches);
    }
  }
}
