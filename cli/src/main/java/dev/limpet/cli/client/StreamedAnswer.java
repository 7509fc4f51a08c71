package dev.limpet.cli.client;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * An answer while it comes. The connection is read no faster than {@link #body} is: at most {@link
 * #MAX_PIECES} pieces wait here.
 */
public final class StreamedAnswer {
  /** Pieces that were received and not read: each has what one read of the connection brought. */
  static final int MAX_PIECES = 16;

  private final HttpClientResponse response;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final InputStream body = new Body();

  private sealed interface Event {
    record Piece(byte[] bytes) implements Event {}

    record End() implements Event {}

    record Cut(Throwable cause) implements Event {}
  }

  /** Must be made in the handler that brings the response. */
  StreamedAnswer(HttpClientResponse response) {
    this.response = response;
    response.pause();
    response.handler(this::piece);
    response.endHandler(_ -> events.add(new Event.End()));
    response.exceptionHandler(cause -> events.add(new Event.Cut(cause)));
    response.fetch(MAX_PIECES);
  }

  private void piece(Buffer bytes) {
    events.add(new Event.Piece(bytes.getBytes()));
  }

  /** Its status. */
  public int status() {
    return response.statusCode();
  }

  /** The first line of a header, or the empty string. */
  public String header(String name) {
    String value = response.getHeader(name);
    return value == null ? "" : value;
  }

  /** Whether a function said this, its status too: it ran, and the platform has no error. */
  public boolean isOfFunction() {
    return !header("Limpet-Execution").isEmpty() && header("Limpet-Error").isEmpty();
  }

  /** The lines of its head. */
  public Iterable<Map.Entry<String, String>> headers() {
    return response.headers();
  }

  /** The lines after its body; none before that was read to its end. */
  public Iterable<Map.Entry<String, String>> trailers() {
    return response.trailers();
  }

  /**
   * Its body. A read fails with an {@link IOException} when the answer breaks off, and with a
   * {@link dev.limpet.cli.CliException} when the reading thread is interrupted.
   */
  public InputStream body() {
    return body;
  }

  private final class Body extends InputStream {
    private byte[] piece = new byte[0];
    private int position;
    private @Nullable Event last;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      while (length > 0 && position == piece.length) {
        switch (next()) {
          case Event.Piece next -> {
            piece = next.bytes;
            position = 0;
            response.fetch(1);
          }
          case Event.End _ -> {
            return -1;
          }
          case Event.Cut cut -> throw new IOException("the answer broke off", cut.cause);
        }
      }
      int count = Math.min(length, piece.length - position);
      System.arraycopy(piece, position, target, offset, count);
      position += count;
      return count;
    }

    /** The end stays the end. */
    private Event next() {
      Event end = last;
      if (end != null) {
        return end;
      }
      try {
        Event next = events.take();
        if (!(next instanceof Event.Piece)) {
          last = next;
        }
        return next;
      } catch (InterruptedException e) {
        response.request().reset();
        throw StreamClient.interrupted();
      }
    }

    /** Whoever does not want the rest says so to the sender. */
    @Override
    public void close() {
      if (last == null) {
        response.request().reset();
      }
    }
  }
}
