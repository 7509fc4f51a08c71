package dev.limpet.testkit.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1.1 messages from a stream, one after the other. */
final class WireReader {
  /** More than any test sends; a test that runs wild ends here. */
  private static final int MAX_LINE_BYTES = 1 << 20;

  private final InputStream in;

  WireReader(InputStream in) {
    this.in = in;
  }

  /** The next head, or null when the connection ended between two messages. */
  @Nullable WireHead head() throws IOException {
    String start = line();
    return start == null ? null : new WireHead(start, lines());
  }

  /** Whether nothing more comes; takes a byte that does. */
  boolean isEnded() throws IOException {
    return in.read() < 0;
  }

  private List<WireHead.Line> lines() throws IOException {
    List<WireHead.Line> lines = new ArrayList<>();
    for (String line = required(); !line.isEmpty(); line = required()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("not a header line: " + line);
      }
      lines.add(new WireHead.Line(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return lines;
  }

  private String required() throws IOException {
    String line = line();
    if (line == null) {
      throw new EOFException("the connection ended within a head");
    }
    return line;
  }

  private @Nullable String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); ; next = in.read()) {
      if (next < 0) {
        if (line.isEmpty()) {
          return null;
        }
        throw new EOFException("the connection ended within a line");
      }
      if (next == '\n') {
        int end = line.length();
        return line.substring(0, end > 0 && line.charAt(end - 1) == '\r' ? end - 1 : end);
      }
      if (line.length() == MAX_LINE_BYTES) {
        throw new IOException("a line is longer than a test expects");
      }
      line.append((char) next);
    }
  }

  /** The body that follows a head, as a stream that ends with it. */
  BodyStream body(WireHead head, boolean untilClose) {
    if (head.isChunked()) {
      return new BodyStream(Framing.CHUNKED, 0);
    }
    long length = head.header("Content-Length").map(Long::parseLong).orElse(-1L);
    return length < 0 && untilClose
        ? new BodyStream(Framing.CLOSE, 0)
        : new BodyStream(Framing.LENGTH, Math.max(0, length));
  }

  enum Framing {
    CHUNKED,
    LENGTH,
    CLOSE
  }

  /** A body; an {@link EOFException} says that the connection ended before it did. */
  final class BodyStream extends InputStream {
    private final Framing framing;
    private long left;
    private boolean ended;
    private boolean firstChunk = true;
    private List<WireHead.Line> trailers = List.of();

    private BodyStream(Framing framing, long left) {
      this.framing = framing;
      this.left = left;
      this.ended = framing == Framing.LENGTH && left == 0;
    }

    /** Lines after the last chunk; none before the end. */
    List<WireHead.Line> trailers() {
      return trailers;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (framing == Framing.CHUNKED && left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      if (framing == Framing.CLOSE) {
        int read = in.read(target, offset, length);
        ended = read < 0;
        return read;
      }
      int read = in.read(target, offset, (int) Math.min(length, left));
      if (read < 0) {
        throw new EOFException("the connection ended within a body");
      }
      left -= read;
      ended = framing == Framing.LENGTH && left == 0;
      return read;
    }

    private void nextChunk() throws IOException {
      if (!firstChunk) {
        required();
      }
      firstChunk = false;
      String size = required();
      left = Long.parseLong(size.split(";", 2)[0].strip(), 16);
      if (left == 0) {
        trailers = lines();
        ended = true;
      }
    }
  }
}
