package dev.limpet.gateway.placement;

import dev.limpet.gateway.admission.AdaptiveLimit;
import dev.limpet.protocol.tls.TlsRoom;

/**
 * Within what the gateway finds out how many calls a node gets at once.
 *
 * @param least at least so many; 0 means twice as many as it runs at once
 * @param most at most so many
 */
public record CallRoom(int least, int most) {
  /** As many as the gateway takes in all. */
  public static final CallRoom STANDARD = new CallRoom(0, 256);

  /** Fewer would leave a core without work while an answer travels. */
  private static final int CALLS_PER_SLOT = 2;

  /** For a node: by https never so many that none of its connections is left for all else. */
  AdaptiveLimit.Bounds of(NodeLink link) {
    int highest = link.address().isSecure() ? Math.min(most, TlsRoom.MAX_TLS_CALLS) : most;
    long wanted = least == 0 ? (long) link.capacity().slots() * CALLS_PER_SLOT : least;
    return new AdaptiveLimit.Bounds((int) Math.min(wanted, highest), highest);
  }
}
