package dev.limpet.gateway.placement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.HolderIndex.Answers;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.Holds;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

  /**
   * How long nobody is asked again, unless a node joins or comes back: data may be added at any
   * moment, and is announced then.
   */
  static final Duration MAX_MISSING_AGE = Duration.ofSeconds(10);

  /** The same when somebody did not answer. */
  static final Duration MAX_UNANSWERED_AGE = Duration.ofSeconds(1);

  private final Cache<Cid, Found> answers =
      Caffeine.newBuilder()
          .maximumSize(MAX_FOUND)
          .expireAfter(Expiry.<Cid, Found>creating((_, found) -> found.age()))
          .build();

  private final AtomicInteger arrivals = new AtomicInteger();

  /**
   * What came of asking.
   *
   * @param holders who had it
   * @param silent when nobody had it, who did not say
   * @param arrivals nodes that had come when it was answered
   */
  private record Found(List<Holder> holders, List<KnownNode> silent, int arrivals) {
    Duration age() {
      if (!holders.isEmpty()) {
        return MAX_FOUND_AGE;
      }
      return silent.isEmpty() ? MAX_MISSING_AGE : MAX_UNANSWERED_AGE;
    }
  }

  private @Nullable Found known(Cid cid) {
    Found found = answers.getIfPresent(cid.toV1());
    boolean counts =
        found != null && (!found.holders.isEmpty() || found.arrivals == arrivals.get());
    return counts ? found : null;
  }

  /** Who had it; empty when nobody did, null when nobody was asked lately. */
  @Nullable List<Holder> get(Cid cid) {
    Found found = known(cid);
    return found == null ? null : found.holders;
  }

  /** Who did not say whether it has it, when nobody had it. */
  List<KnownNode> silent(Cid cid) {
    Found found = known(cid);
    return found == null ? List.of() : found.silent;
  }

  /** A node has come: that nobody had something says nothing any more. */
  void arrived() {
    arrivals.incrementAndGet();
  }

  /** Nodes that have come until now. */
  int arrivals() {
    return arrivals.get();
  }

  /** What a node answered counts no more. */
  void forget(KnownNode node) {
    answers
        .asMap()
        .values()
        .removeIf(found -> found.holders.stream().anyMatch(holder -> holder.node() == node));
  }

  void remember(Cid cid, Answers given) {
    List<Holder> holders =
        given.holders().stream()
            .map(
                node ->
                    new Holder(node, Holds.UNKNOWN, -1, -1, HoldingKind.ENTRY, true, Proof.SHOWN))
            .toList();
    List<KnownNode> open = holders.isEmpty() ? given.silent() : List.of();
    answers.put(cid.toV1(), new Found(holders, open, given.arrivals()));
  }
}
