package dev.limpet.node.invoke;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Counts what comes; whoever is told may refuse more. */
final class MeteredBody extends FilterInputStream {
  /** What is skipped at once, so that it counts before much more comes. */
  private static final int SKIPPED_BYTES = 1 << 16;

  private final LongConsumer counted;

  MeteredBody(InputStream in, LongConsumer counted) {
    super(in);
    this.counted = counted;
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    counted.accept(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    counted.accept(Math.max(0, read));
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = in.skip(Math.min(bytes, SKIPPED_BYTES));
    counted.accept(skipped);
    return skipped;
  }
}
