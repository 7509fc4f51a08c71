package dev.limpet.node.invoke;

import dev.limpet.content.block.ContentLimitException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * How many bytes travelled, and how many may: for one call those of all its inputs, from all
 * sources, wrong ones and repeated ones included.
 */
final class FetchMeter implements LongConsumer {
  private final long most;
  private final AtomicLong bytes = new AtomicLong();

  FetchMeter(long most) {
    this.most = most;
  }

  /**
   * Counts.
   *
   * @throws ContentLimitException when more has come than may
   */
  @Override
  public void accept(long more) {
    if (bytes.addAndGet(more) > most) {
      throw new ContentLimitException("more than " + most + " bytes would travel");
    }
  }

  /** Whether more has come than may, so that no source can help. */
  boolean isSpent() {
    return bytes.get() > most;
  }

  long bytes() {
    return bytes.get();
  }
}
