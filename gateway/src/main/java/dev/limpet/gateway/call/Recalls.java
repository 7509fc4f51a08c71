package dev.limpet.gateway.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.SharedWork;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.proxy.NodeClient;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks nodes that are away because they went silent whether they answer all the same, before a call
 * is refused for it: a node whose way to the gateway is cut may serve. It must know the token that
 * it gave when it joined, so whoever else is at its place now is not taken for it. Who does not
 * answer is left alone for a while, so that hardly a call waits for a node that is dead.
 */
final class Recalls {
  /** Nodes that are asked at once. */
  static final int MAX_RECALLS = 16;

  /** Until a node that did not answer is asked again. */
  static final Duration MAX_RECALL_PAUSE = Duration.ofSeconds(5);

  private final NodeRegistry registry;
  private final NodeClient client;
  private final Permits permits = new Permits("questions to nodes that are away", MAX_RECALLS);
  private final SharedWork<NodeLink, Boolean> running = new SharedWork<>();
  private final Cache<NodeLink, Boolean> silent =
      Caffeine.newBuilder()
          .maximumSize(NodeRegistry.MAX_NODES)
          .expireAfterWrite(MAX_RECALL_PAUSE)
          .build();

  Recalls(NodeRegistry registry, NodeClient client) {
    this.registry = registry;
    this.client = client;
  }

  /**
   * Asks those that are away, as many as a call may go to. Never fails.
   *
   * @param root what they are thought to have
   * @return whether one of them is here after all; completes when all were asked
   */
  Future<Boolean> recall(List<KnownNode> holders, Cid root) {
    List<Future<Boolean>> asked = new ArrayList<>();
    for (KnownNode node : holders) {
      NodeLink link = node.mayAnswer() ? node.link() : null;
      if (link != null
          && asked.size() < Placement.MAX_CHOICES
          && silent.getIfPresent(link) == null) {
        asked.add(running.of(link, () -> ask(node, link, root)));
      }
    }
    return Future.join(asked).map(all -> all.list().contains(true)).otherwise(false);
  }

  private Future<Boolean> ask(KnownNode node, NodeLink link, Cid root) {
    return permits.during(() -> answers(node, link, root)).otherwise(false); // there is no room
  }

  private Future<Boolean> answers(KnownNode node, NodeLink link, Cid root) {
    return DataQuestion.ask(client, link, root)
        .map(answer -> !DataQuestion.isOfStranger(answer))
        .otherwise(false)
        .map(
            answered -> {
              if (answered) {
                registry.answered(node);
              } else {
                silent.put(link, true);
              }
              return answered;
            });
  }
}
