package dev.limpet.gateway.proof;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.placement.FakeNodes;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.Proofs;
import dev.limpet.gateway.proxy.TestNodeClient;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Holding;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is asked for ahead of calls. */
@Timeout(60)
class ProofQueueTest {
  private final CountDownLatch queued = new CountDownLatch(1);
  private final List<String> asked = new CopyOnWriteArrayList<>();

  @TempDir private Path dir;

  private void answer(WireExchange exchange) throws IOException {
    asked.add(exchange.head().target());
    try {
      queued.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.answer(200, "whatever");
  }

  /** Roots that everybody has, since their CID is their block: nobody is asked for them. */
  private static List<Holding> inlined(int announcement) {
    List<Holding> all = new ArrayList<>();
    for (int i = 0; i < ProofQueue.MAX_SAMPLED_ROOTS; i++) {
      byte[] data = ByteBuffer.allocate(8).putInt(announcement).putInt(i).array();
      all.add(FakeNodes.root(Cid.v1(Multicodec.RAW, Multihash.identity(data)), 8, true));
    }
    return all;
  }

  @Test
  void a_node_that_inlined_thousands_of_roots_does_not_end_the_asking() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (var server = WireServer.start(this::answer);
        var client = TestNodeClient.of(vertx, 10, Duration.ofSeconds(2));
        var work = new BlockingWork(vertx, 1);
        var nodes = new FakeNodes(dir, 1000)) {
      nodes.reachedAt(server.url());
      nodes.join("node", new Capacity(1 << 30, 1, FakeNodes.MEMORY));
      KnownNode node = Objects.requireNonNull(nodes.registry.find("node"));
      Prover prover = new Prover(new Proofs(nodes.index, nodes.time()), client, work);
      ProofQueue queue = prover.ahead();
      queue.added(node, List.of(FakeNodes.root(FakeNodes.cid("first"), 5, true)));
      await().until(() -> asked.size() == 1);
      for (int i = 0; i < ProofQueue.MAX_QUEUED_PROOFS / ProofQueue.MAX_SAMPLED_ROOTS - 1; i++) {
        queue.added(node, inlined(i));
      }
      assertTrue(queue.size() > 4000, () -> queue.size() + " wait");
      queue.added(node, List.of(FakeNodes.root(FakeNodes.cid("last"), 4, true)));
      queued.countDown();
      await().until(() -> asked.size() == 2);
      assertTrue(asked.getLast().contains(FakeNodes.cid("last").toString()));
    } finally {
      vertx.close().await();
    }
  }
}
