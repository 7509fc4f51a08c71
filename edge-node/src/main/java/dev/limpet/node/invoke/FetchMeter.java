package dev.limpet.node.invoke;

import java.util.function.LongConsumer;

/** How many bytes travelled between nodes for one call. Used by one thread. */
final class FetchMeter implements LongConsumer {
  private long bytes;

  @Override
  public void accept(long more) {
    bytes += more;
  }

  long bytes() {
    return bytes;
  }
}
