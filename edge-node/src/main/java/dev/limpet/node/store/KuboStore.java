package dev.limpet.node.store;

import dev.limpet.node.kubo.KuboAddress;
import java.time.Duration;

/**
 * A Kubo that keeps the owner's data instead of the node's own folder.
 *
 * @param address where it listens
 * @param refresh how often it is asked for its pins
 */
public record KuboStore(KuboAddress address, Duration refresh) {
  /** A Kubo that sends nothing for so long while it is waited for has failed. */
  static final Duration SILENCE = Duration.ofSeconds(30);
}
