package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * The gateway's answer to {@code POST /v1/nodes/challenges}.
 *
 * @param nonce what the node signs; good for one join and {@link #LIFETIME_SECONDS}
 * @param https whether the gateway reaches nodes by https; false from one that does not say
 */
@Json
public record Challenge(String nonce, boolean https) {
  /** How long a node may take to answer. */
  public static final int LIFETIME_SECONDS = 60;

  /** Longest nonce. */
  static final int MAX_NONCE_CHARS = 128;

  /** Checks that it is there. */
  public Challenge {
    Wire.text("nonce", nonce, MAX_NONCE_CHARS);
  }
}
