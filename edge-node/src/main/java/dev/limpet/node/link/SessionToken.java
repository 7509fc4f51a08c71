package dev.limpet.node.link;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What this node got from its gateway when it joined last, and those who wait for that.
 *
 * <p>It is here as soon as the gateway has let the node in, before the node has told what it holds,
 * and stays when the link breaks: the gateway may know the session for longer than the node hears
 * from it.
 */
final class SessionToken {
  private @Nullable String token;
  private boolean ended;

  /** The node has joined, again perhaps. */
  synchronized void begins(String newToken) {
    token = newToken;
    notifyAll();
  }

  /** The node stops: nobody waits any more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /**
   * The newest token, which is waited for when there is none yet.
   *
   * @param refused one that is not wanted any more, or null
   * @return null when none but {@code refused} came within {@code patience}, or the node stops
   */
  synchronized @Nullable String newest(@Nullable String refused, Duration patience)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (token == null || token.equals(refused)) {
      long left = end - System.nanoTime();
      if (ended || left <= 0) {
        return null;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return token;
  }
}
