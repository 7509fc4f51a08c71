package dev.limpet.node.invoke;

import dev.limpet.content.block.ContentLimitException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Counts what comes, and refuses more than is allowed. */
final class MeteredBody extends FilterInputStream {
  /** What is skipped at once, so that it counts before much more comes. */
  private static final int SKIPPED_BYTES = 1 << 16;

  private final long maxBytes;
  private final LongConsumer counted;
  private long count;

  MeteredBody(InputStream in, long maxBytes, LongConsumer counted) {
    super(in);
    this.maxBytes = maxBytes;
    this.counted = counted;
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    count(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    count(Math.max(0, read));
    return read;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long skipped = in.skip(Math.min(bytes, SKIPPED_BYTES));
    count((int) skipped);
    return skipped;
  }

  private void count(int bytes) {
    count += bytes;
    counted.accept(bytes);
    if (count > maxBytes) {
      throw new ContentLimitException("the data has more than " + maxBytes + " bytes");
    }
  }
}
