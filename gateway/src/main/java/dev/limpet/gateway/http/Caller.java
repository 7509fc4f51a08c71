package dev.limpet.gateway.http;

/** What is known of who calls. */
public enum Caller {
  /** Nobody needs a token here: the machine's own user. */
  OWNER,
  /** Showed a token. */
  AUTHENTICATED,
  /** Showed none, where the operator lets the public in. */
  PUBLIC;

  /** Whether the answer could be had without a credential, so that shared caches may keep it. */
  public boolean needsNoCredential() {
    return this != AUTHENTICATED;
  }
}
