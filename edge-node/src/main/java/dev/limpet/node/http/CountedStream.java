package dev.limpet.node.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;

/** The body of an answer on its way to the server, counted. */
final class CountedStream extends FilterOutputStream {
  /** The server copies each write of an answer that is chunked: into what the processor caches. */
  static final int PART_BYTES = 64 << 10;

  private final AtomicLong sent;

  CountedStream(OutputStream out, AtomicLong sent) {
    super(out);
    this.sent = sent;
  }

  @Override
  public void write(int value) throws IOException {
    out.write(value);
    sent.incrementAndGet();
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    for (int done = 0; done < length; done += PART_BYTES) {
      int part = Math.min(PART_BYTES, length - done);
      out.write(source, offset + done, part);
      sent.addAndGet(part);
    }
  }

  /** Without a flush before it: the server then sees the whole answer at once. */
  @Override
  public void close() throws IOException {
    out.close();
  }
}
