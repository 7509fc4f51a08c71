package dev.limpet.content.block;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Arrays for the pages of index files, which are used again: each look at a sealed segment reads a
 * page, and the few threads that run need one at a time.
 */
final class PageArrays {
  /** Idle arrays; a power of two. */
  static final int MAX_IDLE_PAGES = 8;

  private static final AtomicReferenceArray<byte @Nullable []> IDLE =
      new AtomicReferenceArray<>(MAX_IDLE_PAGES);

  private PageArrays() {}

  /** An array for one page, with anything in it. */
  static byte[] take() {
    byte[] idle = IDLE.getAndSet(place(), null);
    return idle == null ? new byte[PackSidecar.PAGE_BYTES] : idle;
  }

  /** Nobody uses it any more. */
  static void giveBack(byte[] page) {
    IDLE.set(place(), page);
  }

  private static int place() {
    return (int) Thread.currentThread().threadId() & MAX_IDLE_PAGES - 1;
  }
}
