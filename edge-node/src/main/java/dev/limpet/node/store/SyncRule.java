package dev.limpet.node.store;

import java.time.Duration;
import java.util.Locale;

/**
 * When what was added reaches the disk, and not only the memory of the operating system. Nothing of
 * this matters when the process dies, only when the machine does.
 *
 * @param policy when
 * @param interval how often, for {@link Policy#INTERVAL}
 */
public record SyncRule(Policy policy, Duration interval) {
  /** Before anything is acknowledged. */
  public static final SyncRule ALWAYS = new SyncRule(Policy.ALWAYS, Duration.ofSeconds(1));

  /** When the disk is told to write. */
  public enum Policy {
    /** Before anything is acknowledged. */
    ALWAYS,
    /** Now and then: a power cut takes what was acknowledged since. */
    INTERVAL,
    /** When a segment is full, and at the end; else when the operating system likes. */
    NONE;

    /** As it stands in a configuration. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  boolean isAlways() {
    return policy == Policy.ALWAYS;
  }
}
