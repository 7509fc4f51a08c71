package dev.limpet.node.retrieval;

/**
 * A server outside that knows who has data (Delegated Routing V1 HTTP API). It is trusted with
 * knowing what is asked for, and with nothing else; it passes on what strangers say.
 *
 * @param server where it is; asked like a gateway, and at the same addresses
 */
public record DelegatedRouter(TrustlessGateway server) {
  /** As it is named in messages. */
  @Override
  public String toString() {
    return server.toString();
  }
}
