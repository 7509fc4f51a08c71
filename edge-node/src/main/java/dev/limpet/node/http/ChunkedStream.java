package dev.limpet.node.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer whose length is not known, in chunks that are framed here (RFC 9112,
 * section 7.1). The server makes two arrays for each chunk and copies it into both; here what is
 * small is collected, and what is large leaves from where it is, behind what was collected and in
 * one chunk with it. What is small as a whole is left to the server, which tells its length then.
 */
final class ChunkedStream extends OutputStream {
  /** What is collected, and what the socket gets at once. */
  private static final int PART_BYTES = CountedStream.PART_BYTES;

  /** What is at least as large is not collected any more. */
  private static final int LARGE_BYTES = PART_BYTES / 2;

  /** The end of the chunk before, eight digits, and a line's end. */
  private static final int HEAD_BYTES = 12;

  private static final byte[] LINE_END = {'\r', '\n'};

  private final ServerResponse response;
  private final OutputStream server;
  private final AtomicLong sent;
  private final byte[] held = new byte[HEAD_BYTES + PART_BYTES];
  private int filled;

  /** Where chunks go once the head has left. */
  private @Nullable DataWriter connection;

  /** Whether the last chunk lacks its end, which leaves with the next. */
  private boolean open;

  /**
   * Begins an answer whose headers are set.
   *
   * @param sent counts bytes of the body when they leave
   */
  ChunkedStream(ServerResponse response, AtomicLong sent) {
    this.response = response;
    this.server = response.outputStream();
    this.sent = sent;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (length > PART_BYTES - filled) {
      if (length >= LARGE_BYTES) {
        chunk(source, offset, length);
        return;
      }
      chunk(source, offset, 0);
    }
    System.arraycopy(source, offset, held, HEAD_BYTES + filled, length);
    filled += length;
  }

  /** Lets what was written leave. */
  @Override
  public void flush() {
    if (filled > 0) {
      chunk(held, 0, 0);
    }
  }

  /** Ends the answer; not to be called for one that broke off. */
  @Override
  public void close() throws IOException {
    DataWriter begun = connection;
    if (begun == null) {
      server.write(held, HEAD_BYTES, filled);
      sent.addAndGet(filled);
    } else {
      flush();
      begun.write(BufferData.create(LINE_END.clone()));
    }
    server.close();
  }

  /** A chunk of what was collected and what is large. */
  private void chunk(byte[] large, int offset, int length) {
    DataWriter writer = begin();
    int from = putHead(filled + length);
    int collected = filled;
    filled = 0;
    open = true;
    writer.write(BufferData.createReadOnly(held, from, HEAD_BYTES + collected - from));
    sent.addAndGet(collected);
    for (int done = 0; done < length; done += PART_BYTES) {
      int part = Math.min(PART_BYTES, length - done);
      writer.write(BufferData.createReadOnly(large, offset + done, part));
      sent.addAndGet(part);
    }
  }

  private DataWriter begin() {
    DataWriter begun = connection;
    if (begun == null) {
      HeadFlush.send(response);
      begun = GuardedWriter.HERE.get();
      connection = begun;
    }
    return begun;
  }

  /** Puts the head of a chunk before what was collected; returns where it begins. */
  private int putHead(int bytes) {
    String size = Integer.toHexString(bytes);
    byte[] head = ((open ? "\r\n" : "") + size + "\r\n").getBytes(StandardCharsets.US_ASCII);
    int from = HEAD_BYTES - head.length;
    System.arraycopy(head, 0, held, from, head.length);
    return from;
  }
}
