package dev.limpet.node.invoke;

import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;

/** A guest's output that nobody gets: for HEAD only its length counts. */
final class DiscardedAnswer extends OutputStream {
  private final AtomicLong bytes = new AtomicLong();

  @Override
  public void write(int value) {
    bytes.incrementAndGet();
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    bytes.addAndGet(length);
  }

  long bytes() {
    return bytes.get();
  }
}
