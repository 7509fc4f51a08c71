package dev.limpet.gateway.call;

import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Members that are not here and may be back at any moment: they went just now, or the gateway began
 * just now and they have not joined it yet. What they have and never announced is no more unknown
 * to anybody than what is not there.
 */
final class ExpectedNodes {
  /**
   * How long a node is expected: it notices within a heartbeat that the gateway began anew, and
   * tries at least every five seconds to join; one that is started anew takes a few.
   */
  static final Duration MAX_EXPECTED_TIME = Duration.ofSeconds(15);

  private final NodeRegistry registry;
  private final InstantSource clock;
  private final Instant began;

  ExpectedNodes(NodeRegistry registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
    this.began = clock.instant();
  }

  /** As many of them as are told. */
  List<KnownNode> now() {
    Instant since = clock.instant().minus(MAX_EXPECTED_TIME);
    boolean isNew = began.isAfter(since);
    return registry.byName().stream()
        .filter(node -> node.isMember() && !node.servesData())
        .filter(node -> node.lastSeen().isAfter(since) || (isNew && node.link() == null))
        .limit(Problem.MAX_LISTED)
        .toList();
  }
}
