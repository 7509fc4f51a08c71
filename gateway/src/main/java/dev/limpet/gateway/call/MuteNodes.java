package dev.limpet.gateway.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.placement.NodeRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Nodes that say that they are here and cannot be reached from here. One that is so for as long as
 * a node is expected that is not here at all counts no longer as one that may have what nobody
 * announced: else nothing would be unknown while there is one. It is asked all the same, and counts
 * again from the next connection on, whatever that is for. One that is only slow counts.
 */
final class MuteNodes {
  /** Longer ago it says nothing that a node could not be reached. */
  private static final Duration MEMORY = Duration.ofMinutes(10);

  private final InstantSource clock;
  private final Cache<NodeLink, Instant> since =
      Caffeine.newBuilder().maximumSize(NodeRegistry.MAX_NODES).expireAfterWrite(MEMORY).build();

  MuteNodes(InstantSource clock) {
    this.clock = clock;
  }

  /** It was asked and answered, whatever it was. */
  void answered(NodeLink link) {
    since.invalidate(link);
  }

  /** It was asked and did not answer: it counts unless there was not even a connection. */
  void failed(NodeLink link) {
    if (!link.address().isCut()) {
      since.invalidate(link);
      return;
    }
    since.asMap().merge(link, clock.instant(), (first, _) -> first);
  }

  /** Whether it does not count. */
  boolean has(KnownNode node) {
    NodeLink link = node.link();
    if (link == null || !link.address().isCut()) {
      return false;
    }
    Instant first = since.getIfPresent(link);
    return first != null && !first.plus(ExpectedNodes.MAX_EXPECTED_TIME).isAfter(clock.instant());
  }
}
