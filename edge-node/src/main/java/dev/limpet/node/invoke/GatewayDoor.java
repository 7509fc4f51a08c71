package dev.limpet.node.invoke;

import dev.limpet.protocol.tls.Authorities;
import java.net.URI;

/**
 * Where a node that has joined gets functions that it misses.
 *
 * @param url of the gateway
 * @param authorities whom to believe there
 * @param token of the node's session there
 */
public record GatewayDoor(URI url, Authorities authorities, String token) {
  /** Without the token. */
  @Override
  public String toString() {
    return "GatewayDoor[" + url + "]";
  }
}
