package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopTest {
  @TempDir Path dir = Path.of("");

  @Test
  void an_upload_that_is_under_way_is_finished_and_nothing_new_is_taken() {
    SampleDag dag = SampleDag.file(1, 3 << 20);
    byte[] car = dag.car();
    NodeUnderTest node = NodeUnderTest.start(dir);
    try (WireClient client = WireClient.connect(node.url());
        WireClient idle = WireClient.connect(node.url())) {
      assertEquals(200, idle.send(WireClient.request("GET /health/ready", null)).answer().status());
      client.send(NodeUnderTest.addHead(car.length)).send(Arrays.copyOf(car, 1 << 20));
      await().until(() -> node.ask("GET /metrics").text().contains("limpet_node_uploads 1.0"));
      CompletableFuture<Void> closing =
          CompletableFuture.runAsync(node::close, Thread::startVirtualThread);
      await().until(() -> isClosed(node));
      assertTrue(!closing.isDone());
      client.send(Arrays.copyOfRange(car, 1 << 20, car.length));
      WireAnswer answer = client.answer();
      assertEquals(201, answer.status(), answer::text);
      closing.join();
    }
    try (NodeUnderTest again = NodeUnderTest.start(dir)) {
      assertEquals(200, again.ask("HEAD /ipfs/" + dag.root()).status());
    }
  }

  private static boolean isClosed(NodeUnderTest node) {
    try {
      return node.ask("GET /v1/node").status() == 503;
    } catch (UncheckedIOException e) {
      return true;
    }
  }

  @Test
  void closing_twice_is_closing_once() {
    NodeUnderTest node = NodeUnderTest.start(dir);
    node.close();
    node.close();
    assertThrows(UncheckedIOException.class, () -> node.ask("GET /health/live"));
  }
}
