package dev.limpet.gateway.placement;

import dev.limpet.protocol.HoldingKind;

/**
 * What one node has in the index, from one snapshot of it to the next. Its number stands in each of
 * its postings, so when the number is retired all of them are forgotten at once.
 *
 * <p>Changed only by the thread that applies what the node announced; one at a time.
 */
final class Tenancy {
  /** Numbers are below this: they share an {@code int} with seven bits. */
  static final int MAX_TENANCIES = 1 << 24;

  private final KnownNode node;
  private final int number;
  private int holdings;
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
    return holdings;
  }

  long roots() {
    return roots;
  }

  long rootBytes() {
    return rootBytes;
  }

  /** One more posting, or with -1 one less. */
  void count(int sign, HoldingKind kind, long dagSize) {
    holdings += sign;
    if (kind == HoldingKind.ROOT) {
      long bytes = sign * Math.max(0, dagSize);
      roots += sign;
      rootBytes += bytes;
    }
  }
}
