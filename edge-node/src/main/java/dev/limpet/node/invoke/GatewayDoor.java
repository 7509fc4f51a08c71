package dev.limpet.node.invoke;

import dev.limpet.protocol.tls.Authorities;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a node that has a gateway gets functions that it misses.
 *
 * @param url of the gateway
 * @param authorities whom to believe there
 * @param tokens of the node's sessions there
 */
public record GatewayDoor(URI url, Authorities authorities, Tokens tokens) {
  /** What this node presents to the gateway, a new one each time that it joins. */
  @FunctionalInterface
  public interface Tokens {
    /**
     * The newest one. A gateway sends calls to a node from the moment it lets it in, which may be
     * before the node hears of it: then this waits.
     *
     * @param refused one that the gateway does not know any more; null when none was refused
     * @param patience how long to wait for the first one, or for one after {@code refused}
     * @return null when none came in that time
     */
    @Nullable String newest(@Nullable String refused, Duration patience)
        throws InterruptedException;
  }

  /** Without the tokens. */
  @Override
  public String toString() {
    return "GatewayDoor[" + url + "]";
  }
}
