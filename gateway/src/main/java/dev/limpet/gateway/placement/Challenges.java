package dev.limpet.gateway.placement;

import dev.limpet.protocol.Challenge;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Nonces that were given out and not used yet; each is good once, for a minute. */
final class Challenges {
  /** Nodes that join at the same time; with more, the oldest nonce is worth nothing. */
  static final int MAX_CHALLENGES = 1024;

  private final Time time;
  private final Map<String, Long> issuedAt = new LinkedHashMap<>();

  Challenges(Time time) {
    this.time = time;
  }

  synchronized Challenge next() {
    if (issuedAt.size() == MAX_CHALLENGES) {
      issuedAt.remove(issuedAt.keySet().iterator().next());
    }
    String nonce = Secrets.token();
    issuedAt.put(nonce, time.ticks());
    return new Challenge(nonce, true);
  }

  /** Whether the nonce is good; it is not any more. */
  synchronized boolean take(String nonce) {
    Long issued = issuedAt.remove(nonce);
    return issued != null
        && time.ticks() - issued <= TimeUnit.SECONDS.toNanos(Challenge.LIFETIME_SECONDS);
  }
}
