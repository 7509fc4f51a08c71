package dev.limpet.gateway.placement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.Holds;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What nodes answered when they were asked for CIDs that nobody announced: who has the block, or
 * that nobody does. Whether such a node has all that the block links to is unknown ({@link
 * Holds#UNKNOWN}).
 */
final class FoundHolders {
  /** CIDs whose answers are remembered; some 200 bytes each. */
  static final int MAX_FOUND = 10_000;

  /** How long it is believed that a node has what it had: it tells nobody when it drops it. */
  static final Duration MAX_FOUND_AGE = Duration.ofMinutes(1);

  /** How long nobody is asked again: data may be added at any moment, and is announced then. */
  static final Duration MAX_MISSING_AGE = Duration.ofSeconds(10);

  private final Cache<Cid, List<Holder>> answers =
      Caffeine.newBuilder()
          .maximumSize(MAX_FOUND)
          .expireAfter(
              Expiry.<Cid, List<Holder>>creating(
                  (_, holders) -> holders.isEmpty() ? MAX_MISSING_AGE : MAX_FOUND_AGE))
          .build();

  /** Who had it; empty when nobody did, null when nobody was asked lately. */
  @Nullable List<Holder> get(Cid cid) {
    return answers.getIfPresent(cid.toV1());
  }

  /** What a node answered counts no more. */
  void forget(KnownNode node) {
    answers
        .asMap()
        .values()
        .removeIf(holders -> holders.stream().anyMatch(holder -> holder.node() == node));
  }

  void remember(Cid cid, List<KnownNode> nodes) {
    List<Holder> holders =
        nodes.stream()
            .map(
                node ->
                    new Holder(node, Holds.UNKNOWN, -1, -1, HoldingKind.ENTRY, true, Proof.SHOWN))
            .toList();
    answers.put(cid.toV1(), holders);
  }
}
