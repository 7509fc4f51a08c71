package dev.limpet.gateway.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.SharedWork;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.proxy.NodeClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks nodes that are away because they went silent whether they answer all the same, before
 * somebody is refused for it: a node whose way to the gateway is cut may serve. It must know the
 * token that it gave when it joined, so whoever else is at its place now is not taken for it. Who
 * does not answer is left alone for a while, and each time for longer, so that hardly anybody waits
 * for a node that is dead.
 */
public final class Recalls {
  /** Nodes that are asked at once. */
  static final int MAX_RECALLS = 64;

  /** Of these, because of one call, read or log. */
  static final int MAX_RECALLED = 16;

  /**
   * For a connection and the answer. A refusal or a list of logs is so much later at most; a call
   * twice that on data which nobody announced and others turn out to have who are away or do not
   * take the function.
   */
  static final Duration MAX_RECALL_TIME = Duration.ofSeconds(1);

  /** Until a node that did not answer is asked again, the first time. */
  static final Duration FIRST_RECALL_PAUSE = Duration.ofSeconds(5);

  /** The same at most; it doubles each time. */
  static final Duration MAX_RECALL_PAUSE = Duration.ofMinutes(1);

  private final NodeRegistry registry;
  private final NodeClient client;
  private final InstantSource clock;
  private final Permits permits = new Permits("questions to nodes that are away", MAX_RECALLS);
  private final SharedWork<NodeLink, Boolean> running = new SharedWork<>();
  private final Cache<NodeLink, Pause> pauses =
      Caffeine.newBuilder()
          .maximumSize(NodeRegistry.MAX_NODES)
          .expireAfterWrite(MAX_RECALL_PAUSE.multipliedBy(2))
          .build();

  /** A node is left alone for so long. */
  private record Pause(Duration time, Instant end) {}

  Recalls(NodeRegistry registry, NodeClient client, InstantSource clock) {
    this.registry = registry;
    this.client = client;
    this.clock = clock;
  }

  /**
   * Those that can be asked and would be of use; those that were heard of last first.
   *
   * @param useful whether a node, reached in this way, would be of use if it were here
   */
  public List<KnownNode> silent(BiPredicate<KnownNode, NodeLink> useful) {
    record Seen(KnownNode node, Instant last) {} // a heartbeat may come while they are sorted
    return registry.byName().stream()
        .filter(
            node -> {
              NodeLink link = askable(node);
              return link != null && useful.test(node, link);
            })
        .map(node -> new Seen(node, node.lastSeen()))
        .sorted(Comparator.comparing(Seen::last).reversed())
        .map(Seen::node)
        .toList();
  }

  /**
   * Asks the first of them that are away and may answer, {@value #MAX_RECALLED} at most. Never
   * fails.
   *
   * @param wanted what they may have; whatever they say of it is an answer
   * @param isEnough whether those who are here by now will do, so that nobody waits for the others
   * @return whether one of them is here after all; completes when that is enough or all were asked
   */
  public Future<Boolean> recall(List<KnownNode> nodes, Cid wanted, BooleanSupplier isEnough) {
    List<Future<Boolean>> asked = new ArrayList<>();
    for (KnownNode node : nodes) {
      NodeLink link = askable(node);
      if (link != null && asked.size() < MAX_RECALLED) {
        asked.add(running.of(link, () -> ask(node, link, wanted)));
      }
    }
    return enough(asked, isEnough);
  }

  /** Whether one of them says so; completes when that is enough or all have said something. */
  static Future<Boolean> enough(List<Future<Boolean>> asked, BooleanSupplier isEnough) {
    Promise<Boolean> known = Promise.promise();
    for (Future<Boolean> answer : asked) {
      answer
          .map(back -> back && isEnough.getAsBoolean())
          .onSuccess(
              enough -> {
                if (enough) {
                  known.tryComplete(true);
                }
              });
    }
    Future.join(asked).onComplete(_ -> known.tryComplete(asked.stream().anyMatch(Recalls::isBack)));
    return known.future();
  }

  private static boolean isBack(Future<Boolean> answer) {
    return answer.succeeded() && answer.result();
  }

  /** How to reach a node that went silent and is not left alone; null for any other. */
  private @Nullable NodeLink askable(KnownNode node) {
    NodeLink link = node.mayAnswer() ? node.link() : null;
    Pause pause = link == null ? null : pauses.getIfPresent(link);
    return pause == null || !clock.instant().isBefore(pause.end) ? link : null;
  }

  private Future<Boolean> ask(KnownNode node, NodeLink link, Cid wanted) {
    return permits.during(() -> answers(node, link, wanted)).otherwise(false); // there is no room
  }

  private Future<Boolean> answers(KnownNode node, NodeLink link, Cid wanted) {
    return DataQuestion.ask(client, link, wanted)
        .timeout(MAX_RECALL_TIME.toMillis(), TimeUnit.MILLISECONDS)
        .map(answer -> !DataQuestion.isOfStranger(answer))
        .otherwise(false)
        .map(
            answered -> {
              if (answered) {
                pauses.invalidate(link);
                registry.answered(node);
              } else {
                leaveAlone(link);
              }
              return answered;
            });
  }

  private void leaveAlone(NodeLink link) {
    Pause last = pauses.getIfPresent(link);
    Duration next = last == null ? FIRST_RECALL_PAUSE : last.time.multipliedBy(2);
    Duration time = next.compareTo(MAX_RECALL_PAUSE) < 0 ? next : MAX_RECALL_PAUSE;
    pauses.put(link, new Pause(time, clock.instant().plus(time)));
  }
}
