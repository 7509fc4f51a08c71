package dev.limpet.gateway.placement;

import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.HoldingsDigest;

/**
 * What one node has in the index, from one snapshot of it to the next. Its number stands in each of
 * its postings, so when the number is retired all of them are forgotten at once.
 *
 * <p>Changed only by the thread that applies what the node announced; one at a time.
 */
final class Tenancy {
  /** Numbers are below this: they share an {@code int} with six bits. */
  static final int MAX_TENANCIES = 1 << 24;

  private final KnownNode node;
  private final int number;
  private HoldingsDigest digest = HoldingsDigest.EMPTY;
  private boolean lacking;
  private long roots;
  private long rootBytes;

  Tenancy(KnownNode node, int number) {
    this.node = node;
    this.number = number;
  }

  KnownNode node() {
    return node;
  }

  int number() {
    return number;
  }

  int holdings() {
    return (int) digest.count();
  }

  long roots() {
    return roots;
  }

  long rootBytes() {
    return rootBytes;
  }

  /** What its postings come to. */
  HoldingsDigest digest() {
    return digest;
  }

  /** Whether something that its node announced found no room. */
  boolean isLacking() {
    return lacking;
  }

  /** Something that its node announced found no room. */
  void lack() {
    lacking = true;
  }

  /** One more posting. */
  void add(Holding holding) {
    digest = digest.with(holding);
    if (holding.kind() == HoldingKind.ROOT) {
      roots++;
      rootBytes += Math.max(0, holding.dagSize());
    }
  }

  /** One less. */
  void subtract(Holding holding) {
    digest = digest.without(holding);
    if (holding.kind() == HoldingKind.ROOT) {
      roots--;
      rootBytes -= Math.max(0, holding.dagSize());
    }
  }
}
