package dev.limpet.node.retrieval;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer (RFC 9112, section 6): of a stated length, in chunks, or up to the end of
 * the connection. An end before the stated one is an error.
 */
public final class AnswerBody extends InputStream {
  /** A size in hexadecimal and extensions that nobody uses. */
  static final int MAX_CHUNK_LINE_BYTES = 256;

  private static final int LENGTH_DIGITS = 15;
  private static final int HEXADECIMAL = 16;

  private final InputStream in;
  private final Kind kind;
  private long left;
  private boolean begun;
  private boolean ended;
  private Map<String, String> trailers = Map.of();

  private enum Kind {
    LENGTH,
    CHUNKS,
    TO_THE_END
  }

  private AnswerBody(InputStream in, Kind kind, long left) {
    this.in = in;
    this.kind = kind;
    this.left = left;
  }

  /**
   * The body behind a head.
   *
   * @throws IOException when the head says nothing that a body can be read by
   */
  public static AnswerBody of(AnswerHead head, InputStream in) throws IOException {
    String coding = head.line("transfer-encoding");
    if (coding != null) {
      if (!coding.equalsIgnoreCase("chunked")) {
        throw new IOException("it sends a transfer coding that was not asked for");
      }
      return new AnswerBody(in, Kind.CHUNKS, 0);
    }
    String length = head.line("content-length");
    return length == null
        ? new AnswerBody(in, Kind.TO_THE_END, Long.MAX_VALUE)
        : new AnswerBody(in, Kind.LENGTH, number(length, 10));
  }

  private static long number(String text, int radix) throws IOException {
    boolean digits =
        !text.isEmpty()
            && text.length() <= LENGTH_DIGITS
            && text.chars().allMatch(c -> c < 128 && Character.digit(c, radix) >= 0);
    if (!digits) {
      throw new IOException("it states a length that is none");
    }
    return Long.parseLong(text, radix);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte @Nullable [] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(target).length);
    if (length == 0) {
      return 0;
    }
    if (ended || !hasMore()) {
      return -1;
    }
    int read = in.read(target, offset, (int) Math.min(length, left));
    if (read < 0) {
      if (kind != Kind.TO_THE_END) {
        throw new IOException("it closed the connection in the middle of its answer");
      }
      ended = true;
      return -1;
    }
    left -= read;
    return read;
  }

  private boolean hasMore() throws IOException {
    if (left == 0 && kind == Kind.CHUNKS) {
      nextChunk();
    }
    ended = left == 0;
    return !ended;
  }

  private void nextChunk() throws IOException {
    AnswerHead.Lines lines = new AnswerHead.Lines(in, MAX_CHUNK_LINE_BYTES);
    if (begun && !lines.next().isEmpty()) {
      throw new IOException("its chunks have other sizes than it states");
    }
    begun = true;
    String line = lines.next();
    int extension = line.indexOf(';');
    left = number((extension < 0 ? line : line.substring(0, extension)).strip(), HEXADECIMAL);
    if (left == 0) {
      trailers = AnswerHead.fields(new AnswerHead.Lines(in, AnswerHead.MAX_HEAD_BYTES));
    }
  }

  /** How long it is, where its head says so and nothing was read yet; else -1. */
  public long length() {
    return kind == Kind.LENGTH ? left : -1;
  }

  /** Whether it was read to its end, and what follows on the connection is another answer. */
  public boolean isBehind() {
    return switch (kind) {
      case LENGTH -> left == 0;
      case CHUNKS -> ended;
      case TO_THE_END -> false;
    };
  }

  /**
   * The lines behind the last chunk (RFC 9112, section 7.1.2), once the body has been read to its
   * end.
   *
   * @return values by name in lower case; none behind a body that is not in chunks
   */
  public Map<String, String> trailers() {
    return trailers;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
