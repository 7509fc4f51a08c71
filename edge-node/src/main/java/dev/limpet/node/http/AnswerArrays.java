package dev.limpet.node.http;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Arrays for small answers on their way to the socket, which are used again: one answer is written
 * at a time by each of the few threads that run, so a few arrays do for any number of connections.
 */
final class AnswerArrays {
  /** Idle arrays; a power of two. */
  static final int MAX_IDLE_ARRAYS = 16;

  /** Length of those; longer ones are made for one answer. */
  static final int ARRAY_BYTES = 16 << 10;

  private static final AtomicReferenceArray<byte @Nullable []> IDLE =
      new AtomicReferenceArray<>(MAX_IDLE_ARRAYS);

  private AnswerArrays() {}

  /** An array that is at least so long, with anything in it. */
  static byte[] take(int length) {
    if (length > ARRAY_BYTES) {
      return new byte[length];
    }
    byte[] idle = IDLE.getAndSet(place(), null);
    return idle == null ? new byte[ARRAY_BYTES] : idle;
  }

  /** Nobody uses it any more. */
  static void giveBack(byte[] array) {
    if (array.length == ARRAY_BYTES) {
      IDLE.set(place(), array);
    }
  }

  private static int place() {
    return (int) Thread.currentThread().threadId() & MAX_IDLE_ARRAYS - 1;
  }
}
