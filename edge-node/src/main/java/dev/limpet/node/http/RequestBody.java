package dev.limpet.node.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.helidon.http.RequestException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a request as a stream that ends at a limit and fails with an {@link IOException} like
 * any stream: the server's own throws unchecked exceptions of several kinds.
 */
public final class RequestBody extends FilterInputStream {
  private static final int TOO_LARGE = 413;

  private final long maxBytes;
  private long count;
  private boolean ended;

  /**
   * Wraps the server's stream.
   *
   * @param maxBytes a longer body fails with {@link BodyTooLargeException}
   */
  RequestBody(InputStream in, long maxBytes) {
    super(in);
    this.maxBytes = maxBytes;
  }

  /** The body is longer than it may be. */
  static final class BodyTooLargeException extends IOException {
    BodyTooLargeException(String message) {
      super(message);
    }
  }

  /** Bytes read so far. */
  long count() {
    return count;
  }

  /** Whether the body was read to its end. */
  boolean ended() {
    return ended;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0 || ended) {
      return ended ? -1 : 0;
    }
    int read = readGuarded(target, offset, length);
    if (read < 0) {
      ended = true;
      return -1;
    }
    count += read;
    if (count > maxBytes) {
      throw new BodyTooLargeException(
          "the body has more than the " + maxBytes + " bytes that are allowed here");
    }
    return read;
  }

  private int readGuarded(byte[] target, int offset, int length) throws IOException {
    try {
      return in.read(target, offset, length);
    } catch (RequestException e) {
      if (e.status().code() == TOO_LARGE) {
        throw new BodyTooLargeException("the body has a chunk that is too large");
      }
      throw new IOException("the body is malformed", e);
    } catch (RuntimeException e) {
      throw new IOException("the body broke off or is malformed", e);
    }
  }

  @Override
  public long skip(long bytes) throws IOException {
    return transferTo(bytes);
  }

  private long transferTo(long bytes) throws IOException {
    byte[] thrown = new byte[8192];
    long left = bytes;
    while (left > 0) {
      int read = read(thrown, 0, (int) Math.min(thrown.length, left));
      if (read < 0) {
        break;
      }
      left -= read;
    }
    return bytes - left;
  }

  @Override
  public int available() {
    return 0;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() {
    // the server closes its own
  }

  /** What a caller is told when its body could not be read. */
  static LimpetException fault(IOException e) {
    ErrorCode code =
        e instanceof BodyTooLargeException ? ErrorCode.BODY_TOO_LARGE : ErrorCode.BAD_REQUEST;
    return new LimpetException(code, String.valueOf(e.getMessage()), e);
  }
}
