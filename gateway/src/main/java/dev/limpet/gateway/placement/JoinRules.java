package dev.limpet.gateway.placement;

/**
 * Who may come in and how.
 *
 * @param byHand whether somebody must approve a node before it gets anything; otherwise what let it
 *     join (a join token, or this machine without one) is enough
 * @param dial which addresses the gateway connects to
 * @param calls how many calls each gets at once
 */
public record JoinRules(boolean byHand, DialRule dial, CallRoom calls) {
  /** With as much room as when nothing is configured. */
  public JoinRules(boolean byHand, DialRule dial) {
    this(byHand, dial, CallRoom.STANDARD);
  }
}
