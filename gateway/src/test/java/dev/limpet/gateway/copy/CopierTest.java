package dev.limpet.gateway.copy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.FakeNodes;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Proofs;
import dev.limpet.gateway.placement.Question;
import dev.limpet.gateway.proof.Prover;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.proxy.TestNodeClient;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.CopiedDag;
import dev.limpet.protocol.CopyOrder;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.Json;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What nodes are told of copies, over HTTP. */
@Timeout(60)
class CopierTest {
  private static final String TEXT = "hot data";
  private static final Cid DATA = FakeNodes.cid(TEXT);
  private static final Question QUESTION =
      new Question(
          FakeNodes.cid("function"),
          FakeNodes.MEMORY,
          List.of(Question.Wanted.whole(DATA)),
          Question.DEFAULT_MAX_FETCH_BYTES,
          Needs.NONE);

  private final Vertx vertx = Vertx.vertx();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private volatile boolean shows = true;
  private NodeClient client;
  private BlockingWork work;
  private FakeNodes nodes;
  private WireServer server;
  private Copies copies;

  @TempDir private Path dir;

  @BeforeEach
  void start() {
    server = WireServer.start(this::answer);
    client = TestNodeClient.of(vertx, 10, Duration.ofSeconds(2));
    work = new BlockingWork(vertx, 1);
    nodes = new FakeNodes(dir, 1000);
    nodes.reachedAt(server.url());
    Prover prover = new Prover(new Proofs(nodes.index, nodes.time()), client, work);
    copies =
        Copies.of(
            new Copies.Ground(nodes.registry, nodes.index, prover, client),
            1 << 20,
            nodes.time(),
            meters);
    nodes.registry.listen(copies.copier());
    nodes.join("holder", new Capacity(1 << 30, 1, FakeNodes.MEMORY));
    nodes.join("idle", new Capacity(1 << 30, 1, FakeNodes.MEMORY));
    nodes.snapshot("holder", FakeNodes.root(DATA, TEXT.length(), true));
    nodes.snapshot("idle");
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    work.close();
    vertx.close().await();
    nodes.close();
    server.close();
  }

  private void answer(WireExchange exchange) throws IOException {
    String body = new String(exchange.body().readAllBytes(), StandardCharsets.UTF_8);
    String method = exchange.head().method();
    asked.add(method + " " + exchange.head().target());
    switch (method) {
      case "PUT" -> {
        CopyOrder order = Json.read(CopyOrder.class, body.getBytes(StandardCharsets.UTF_8), 9999);
        assertEquals(server.url(), order.sources().getFirst().url());
        exchange.answer(200, Json.writeString(new CopiedDag(DATA, TEXT.length())));
      }
      case "GET" -> exchange.answer(shows ? 200 : 412, shows ? TEXT : "");
      default -> exchange.answer(204, "");
    }
  }

  private void heat() {
    KnownNode holder = Objects.requireNonNull(nodes.registry.find("holder"));
    List<HotRoot> running = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      holder.callStarted();
    }
    for (int i = 0; i < CopyPlan.MIN_HEAT; i++) {
      if (new Placement(nodes.registry, nodes.index).decide(QUESTION) instanceof Decision.Run run) {
        Choice first = run.choices().getFirst();
        HotRoot hot = copies.hot().called(QUESTION, first);
        if (hot != null) {
          running.add(hot);
        }
      }
    }
    assertEquals(CopyPlan.MIN_HEAT, running.size());
    running.forEach(HotRoot::ended);
    for (int i = 0; i < 6; i++) {
      holder.callEnded();
    }
  }

  private double count(String name) {
    return meters.get("limpet.gateway.copies." + name).counter().count();
  }

  @Test
  void a_copy_is_ordered_at_an_idle_node_and_dropped_when_the_holder_shows_that_it_has_it() {
    heat();
    copies.copier().tick();
    await().until(() -> count("made") == 1);
    assertEquals(TEXT.length(), count("bytes"));
    assertEquals(List.of("PUT /v1/copies/" + DATA), asked);
    nodes.delta(
        "idle",
        List.of(new Holding(DATA, TEXT.length(), TEXT.length(), true, HoldingKind.COPIED)),
        List.of());
    assertEquals(1, Objects.requireNonNull(nodes.registry.find("idle")).copies());

    copies.copier().tick();
    assertEquals(1, asked.size(), "it has not cooled");
    cool();
    copies.copier().tick();
    await().until(() -> count("dropped") == 1);
    assertEquals(
        List.of("GET /ipfs/" + DATA + "?format=raw", "DELETE /v1/copies/" + DATA),
        asked.subList(1, asked.size()));
  }

  @Test
  void a_copy_stays_while_nobody_else_shows_the_data() {
    nodes.delta(
        "idle",
        List.of(new Holding(DATA, TEXT.length(), TEXT.length(), true, HoldingKind.COPIED)),
        List.of());
    shows = false;
    cool();
    copies.copier().tick();
    await().until(() -> asked.size() == 1);
    assertTrue(asked.getFirst().startsWith("GET /ipfs/"), asked.getFirst());
    cool();
    nodes.goodbye("holder");
    copies.copier().tick();
    assertEquals(1, asked.size(), "nobody is here to show it");
    assertEquals(0, count("dropped"));
  }

  private void cool() {
    for (int i = 0; i < CopyPlan.MAX_COOL.toSeconds() + 1; i++) {
      nodes.pass(Duration.ofSeconds(1));
      nodes.heartbeat("holder");
      nodes.heartbeat("idle");
    }
  }
}
