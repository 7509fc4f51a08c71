package dev.limpet.node.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A read or write of a socket that is under way, and that another thread may end. The interrupt
 * reaches the thread while it is in there, where it closes the socket, and at no other time: in the
 * store it would close files.
 */
class SocketWait {
  private final Thread thread = Thread.currentThread();
  private boolean over;
  private boolean cut;

  /**
   * Ends it; false when it has ended.
   *
   * @param before is done before the thread hears of it, so that what the thread then says of its
   *     end comes behind what is said here; not when it has ended
   */
  final synchronized boolean cut(Runnable before) {
    if (over) {
      return false;
    }
    cut = true;
    try {
      before.run();
    } finally {
      thread.interrupt();
    }
    return true;
  }

  /** Waits for its end, so long; false when it goes on. */
  final synchronized boolean awaitEnd(Duration patience) throws InterruptedException {
    long untilNanos = System.nanoTime() + patience.toNanos();
    while (!over) {
      long left = untilNanos - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** It has ended; to be called by the thread that began it. */
  final synchronized void end() {
    over = true;
    notifyAll();
    if (cut) {
      boolean _ = Thread.interrupted();
    }
  }
}
