package dev.limpet.gateway.http;

import java.util.Locale;

/** What is known of who calls. */
public enum Caller {
  /** Nobody needs a token here: the machine's own user. */
  OWNER,
  /** Showed the token for management. */
  MANAGEMENT,
  /** Showed the token for calls. */
  CALLS,
  /** Showed none, where the operator lets the public in. */
  PUBLIC;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** As it is written in records. */
  public String text() {
    return text;
  }

  /** Whether the answer could be had without a credential, so that shared caches may keep it. */
  public boolean needsNoCredential() {
    return this == OWNER || this == PUBLIC;
  }
}
