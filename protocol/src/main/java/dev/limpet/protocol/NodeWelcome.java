package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * The gateway has let a node in.
 *
 * @param session names this membership in announcements; a new join gets a new one
 * @param nodeToken what the node presents to the gateway from now on
 * @param heartbeatMs how often the gateway wants to hear of it, in milliseconds
 * @param name the name that the gateway knows it by
 */
@Json
public record NodeWelcome(String session, String nodeToken, int heartbeatMs, String name) {
  /** Largest document that a node reads. */
  public static final int MAX_JSON_BYTES = 16 << 10;

  /** Longest session id. */
  static final int MAX_SESSION_CHARS = 128;

  /** Checks the parts. */
  public NodeWelcome {
    Wire.text("session", session, MAX_SESSION_CHARS);
    Wire.text("nodeToken", nodeToken, NodeJoin.MAX_TOKEN_CHARS);
    Wire.atLeast("heartbeatMs", heartbeatMs, 1);
    Names.node(Wire.present("name", name));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "NodeWelcome[name=" + name + ", session=" + session + "]";
  }
}
