package dev.limpet.protocol.tls;

/**
 * How many connections by https gateways and nodes count on, at both ends: a call takes one for as
 * long as it runs, and a node takes no more of them than it has memory for. So calls must not take
 * them all, or nobody could ask a busy node to show a block, give a copy, or end a call.
 */
public final class TlsRoom {
  /** Calls that a gateway has at one node by https at once. */
  public static final int MAX_TLS_CALLS = 256;

  /**
   * Connections by https that a node has for all else: other nodes, and those that the event loops
   * of the gateway keep and do not use, which are half of them at most.
   */
  public static final int MAX_TLS_OTHERS = 128;

  private TlsRoom() {}
}
