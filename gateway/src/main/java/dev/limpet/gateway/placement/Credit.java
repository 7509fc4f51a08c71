package dev.limpet.gateway.placement;

import java.time.Duration;

/**
 * Whether what a node announces is believed. Who could not show what it had announced as often as
 * {@link #MAX_FAILED_PROOFS} times is not for {@link #MAX_DISTRUST}: nothing that it announced
 * counts, and it is asked to show nothing. It still gets calls that need no data of its own.
 */
public final class Credit {
  /** Proofs that may fail, each of another root, before a node is not believed. */
  public static final int MAX_FAILED_PROOFS = 3;

  /** How long a node is not believed, and how long one failure is held against it. */
  static final Duration MAX_DISTRUST = Duration.ofMinutes(10);

  private int failed;
  private long lastTicks;
  private volatile boolean lost;

  /** Whether it is believed. */
  public boolean isGood() {
    return !lost;
  }

  /** A proof has failed; true when this one was too many. */
  synchronized boolean fails(long nowTicks) {
    expire(nowTicks);
    failed++;
    lastTicks = nowTicks;
    boolean now = failed >= MAX_FAILED_PROOFS && !lost;
    lost |= now;
    return now;
  }

  /** Forgets what is long ago; true when the node is believed again by that. */
  synchronized boolean expire(long nowTicks) {
    if (failed == 0 || nowTicks - lastTicks < MAX_DISTRUST.toNanos()) {
      return false;
    }
    boolean was = lost;
    reset();
    return was;
  }

  /** As in the beginning. */
  synchronized void reset() {
    failed = 0;
    lost = false;
  }
}
