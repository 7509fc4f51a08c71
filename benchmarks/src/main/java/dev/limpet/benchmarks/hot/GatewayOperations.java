package dev.limpet.benchmarks.hot;

import dev.limpet.benchmarks.swarm.InnerSwarm;
import dev.limpet.benchmarks.swarm.SwarmNode;
import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Decision;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.gateway.proxy.AnswerHeaders;
import dev.limpet.protocol.Holding;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Which node, and what of its answer. */
final class GatewayOperations implements AutoCloseable {
  private static final int NODES = 16;
  private static final int ROOTS_OF_A_NODE = 100;
  private static final int HOLDINGS = 200_000;
  private static final long MEMORY = 64L << 20;
  private static final Cid SHARED = ProtocolOperations.cid("shared");

  private static final Question QUESTION =
      new Question(
          ProtocolOperations.cid("function"),
          MEMORY,
          List.of(Question.Wanted.whole(SHARED)),
          Question.DEFAULT_MAX_FETCH_BYTES,
          Needs.NONE);

  private final InnerSwarm swarm;
  private final Placement placement;

  private GatewayOperations(InnerSwarm swarm) {
    this.swarm = swarm;
    this.placement = new Placement(swarm.registry(), swarm.index());
  }

  static GatewayOperations open(Path folder) throws IOException {
    return open(folder, NODES, 3);
  }

  /** So many nodes, of which the first ones hold the input that is asked for. */
  static GatewayOperations open(Path folder, int nodes, int holders) throws IOException {
    Files.createDirectories(folder);
    InnerSwarm swarm = new InnerSwarm(folder, HOLDINGS);
    for (int i = 0; i < nodes; i++) {
      SwarmNode node = SwarmNode.number(i);
      swarm.announce(node, holdings(node, i < holders));
    }
    return new GatewayOperations(swarm);
  }

  /** Gives each node so many calls. */
  void load(int calls) {
    for (KnownNode node : swarm.registry().nodes()) {
      for (int i = 0; i < calls; i++) {
        node.callStarted();
      }
    }
  }

  /** Where a call on that input goes. */
  Decision decide() {
    return placement.decide(QUESTION);
  }

  private static List<Holding> holdings(SwarmNode node, boolean holdsShared) {
    List<Holding> holdings = new ArrayList<>();
    for (int i = 0; i < ROOTS_OF_A_NODE; i++) {
      holdings.add(SwarmNode.root(ProtocolOperations.cid(node.name() + "/" + i)));
    }
    if (holdsShared) {
      holdings.add(SwarmNode.root(SHARED));
    }
    return holdings;
  }

  List<HotOperation> all() {
    MultiMap answer = answer();
    return List.of(
        new HotOperation("placement", Yardstick.WORDS, 8000, this::decide),
        new HotOperation(
            "proxy-headers",
            Yardstick.WORDS,
            1500,
            () -> {
              MultiMap to = MultiMap.caseInsensitiveMultiMap();
              AnswerHeaders.copyAnswer(answer, Set.of(), to);
              return to;
            }));
  }

  /** What a node answers to a call of {@code csv}. */
  private static MultiMap answer() {
    return MultiMap.caseInsensitiveMultiMap()
        .add("Date", "Wed, 25 Nov 2026 20:00:00 GMT")
        .add("Content-Type", "text/plain; charset=utf-8")
        .add("Content-Length", "352")
        .add("Limpet-Execution", "x-aaaaaaaaaaaaaaaaaaaaaaaaaa")
        .add("Limpet-Function", SHARED.toString())
        .add("Limpet-Data-Bytes", "2500000")
        .add("Limpet-Memo", "bypass")
        .add("Limpet-Task", SHARED.toString())
        .add("Limpet-Bytes-Fetched", "0")
        .add("Limpet-Blocks-Read", "3")
        .add("Server-Timing", "queue;dur=0.1, data;dur=0.2, load;dur=0.3, run;dur=8.1")
        .add("ETag", '"' + SHARED.toString() + '"')
        .add("Connection", "keep-alive");
  }

  @Override
  public void close() {
    swarm.close();
  }
}
