package dev.limpet.gateway.placement;

import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.HoldingsDigest;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What one node has in the index, from one snapshot of it to the next. Its number stands in each of
 * its postings, so when the number is retired all of them are forgotten at once.
 *
 * <p>Changed only by the thread that applies what the node announced, one at a time; but what was
 * shown, by any.
 */
final class Tenancy {
  /** Numbers are below this: they share an {@code int} with eight bits. */
  static final int MAX_TENANCIES = 1 << 24;

  private final KnownNode node;
  private final int number;
  private final boolean keepsProofs;
  private final AtomicInteger failed = new AtomicInteger();
  private HoldingsDigest digest = HoldingsDigest.EMPTY;
  private boolean lacking;
  private int copies;
  private long roots;
  private long rootBytes;

  /**
   * An empty one.
   *
   * @param keepsProofs whether what the node has shown before counts: not when it is another
   *     process since
   */
  Tenancy(KnownNode node, int number, boolean keepsProofs) {
    this.node = node;
    this.number = number;
    this.keepsProofs = keepsProofs;
  }

  KnownNode node() {
    return node;
  }

  int number() {
    return number;
  }

  boolean keepsProofs() {
    return keepsProofs;
  }

  /** Holdings that the node could not show. */
  int failed() {
    return failed.get();
  }

  /** One of its postings has another proof now. */
  void proved(Proof before, Proof now) {
    failed.addAndGet((now == Proof.FAILED ? 1 : 0) - (before == Proof.FAILED ? 1 : 0));
  }

  int holdings() {
    return (int) digest.count();
  }

  int copies() {
    return copies;
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
    copies += holding.kind() == HoldingKind.COPIED ? 1 : 0;
    if (holding.kind() == HoldingKind.ROOT) {
      roots++;
      rootBytes += Math.max(0, holding.dagSize());
    }
  }

  /** One less. */
  void subtract(Holding holding) {
    digest = digest.without(holding);
    copies -= holding.kind() == HoldingKind.COPIED ? 1 : 0;
    if (holding.kind() == HoldingKind.ROOT) {
      roots--;
      rootBytes -= Math.max(0, holding.dagSize());
    }
  }
}
