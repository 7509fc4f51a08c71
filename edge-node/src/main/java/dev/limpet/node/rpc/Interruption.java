package dev.limpet.node.rpc;

import java.io.InterruptedIOException;

/** Why the thread of a request waits no longer for room, a piece or another thread. */
final class Interruption {
  private Interruption() {}

  /** To be thrown; the thread stays interrupted, so that what it does next ends as well. */
  static InterruptedIOException of(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interruption =
        new InterruptedIOException("the node is stopping, or the caller stalls");
    interruption.initCause(cause);
    return interruption;
  }
}
