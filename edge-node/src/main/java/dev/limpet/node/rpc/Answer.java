package dev.limpet.node.rpc;

import dev.limpet.node.http.Exchange;
import dev.limpet.protocol.audit.AuditEntry;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a call. What is written is held back until it is too much or the call ends, so that
 * what fails early is a proper error and small answers leave in one piece; after that, what fails
 * is told in a trailer, as clients of Kubo expect it.
 */
final class Answer extends OutputStream {
  /** A block of a large file is more than this, and then leaves as it is. */
  private static final int HELD_BYTES = 64 << 10;

  private static final int FIRST_BYTES = 1024;
  private static final int MAX_TOLD_CHARS = 1024;

  private static final String ERROR_TRAILER = "X-Stream-Error";
  private static final HeaderName STREAM_ERROR = HeaderNames.create(ERROR_TRAILER);
  private static final HeaderName CHUNKED_OUTPUT = HeaderNames.create("X-Chunked-Output");
  private static final HeaderName STREAM_OUTPUT = HeaderNames.create("X-Stream-Output");
  private static final HeaderName CONTENT_LENGTH = HeaderNames.create("X-Content-Length");

  private static final String JSON = "application/json";
  private static final String TEXT = "text/plain; charset=utf-8";

  private final Exchange exchange;
  private byte[] held = new byte[FIRST_BYTES];
  private int filled;
  private @Nullable OutputStream out;
  private UnreadLines.@Nullable Room room;
  private long exactly = -1;

  Answer(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Answers with one value. */
  void json(JsonObject value) throws IOException {
    beginJson();
    put(value);
  }

  /** Begins an answer of one value that is written in pieces. */
  void beginJson() {
    exchange.set(HeaderNames.CONTENT_TYPE, JSON);
  }

  /** Begins an answer of values, one a line. */
  void beginLines() {
    exchange.set(HeaderNames.CONTENT_TYPE, JSON);
    exchange.set(CHUNKED_OUTPUT, "1");
  }

  /**
   * The same while the request is still read, by a client who may read nothing of it before all of
   * that was sent.
   *
   * @param waiting where lines wait for such a client
   */
  void beginLines(UnreadLines.Room waiting) {
    beginLines();
    room = waiting;
  }

  /** Writes a value and a line feed. */
  void put(JsonObject value) throws IOException {
    write((value + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Begins an answer of bytes.
   *
   * @param length told to the caller, who shows how far it got; negative when it is not known
   */
  void beginBytes(String type, long length) {
    exchange.set(HeaderNames.CONTENT_TYPE, type);
    exchange.set(STREAM_OUTPUT, "1");
    if (length >= 0) {
      exchange.set(CONTENT_LENGTH, length);
    }
  }

  /**
   * Says that exactly the bytes that {@link #beginBytes} told will come, so that they need no
   * chunks. What fails then is told by an end that comes too early, without its reason.
   *
   * @param length of all
   */
  void certain(long length) {
    exactly = length;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (length > HELD_BYTES - filled) {
      send();
    }
    OutputStream begun = out;
    if (begun != null && length >= HELD_BYTES) {
      begun.write(source, offset, length);
      return;
    }
    if (length >= HELD_BYTES) {
      begin().write(source, offset, length);
      return;
    }
    if (filled + length > held.length) {
      byte[] larger = new byte[Math.clamp(2L * (filled + length), FIRST_BYTES, HELD_BYTES)];
      System.arraycopy(held, 0, larger, 0, filled);
      held = larger;
    }
    System.arraycopy(source, offset, held, filled, length);
    filled += length;
  }

  /** Lets the caller see what was written. */
  @Override
  public void flush() throws IOException {
    send();
    OutputStream begun = out;
    if (begun != null) {
      begun.flush();
    }
  }

  private void send() throws IOException {
    if (filled > 0) {
      int bytes = filled;
      filled = 0;
      begin().write(held, 0, bytes);
    }
  }

  private OutputStream begin() {
    OutputStream begun = out;
    if (begun == null) {
      if (exactly < 0) {
        exchange.announceTrailers(List.of(ERROR_TRAILER));
      }
      begun = exchange.stream(200, exactly);
      if (room != null) {
        begun = new UnreadLines(begun, room);
      }
      out = begun;
    }
    return begun;
  }

  /** Ends what went well. */
  void end() throws IOException {
    if (out == null) {
      byte[] whole = new byte[filled];
      System.arraycopy(held, 0, whole, 0, filled);
      exchange.answerBytes(200, whole);
      return;
    }
    exchange.record(AuditEntry.DONE);
    send();
    begin().close();
  }

  /** Tells what went wrong: as an answer of its own, or behind what has been answered already. */
  void fail(Failure failure) throws IOException {
    exchange.record(failure.code());
    if (out != null && exactly >= 0) {
      throw new IOException("the answer broke off: " + failure.message());
    }
    if (out != null) {
      send();
      exchange.trailer(STREAM_ERROR, header(failure.message()));
      begin().close();
      return;
    }
    filled = 0;
    refuse(exchange, failure.status(), failure.plain(), failure.message());
  }

  /** Lets go of an answer, whether or not it came to its end. */
  void leave() {
    if (out instanceof UnreadLines waiting) {
      waiting.leave();
    }
  }

  /** Answers with an error in Kubo's form. */
  static void refuse(Exchange exchange, int status, boolean plain, String message) {
    exchange.remove(CHUNKED_OUTPUT);
    exchange.remove(STREAM_OUTPUT);
    exchange.remove(CONTENT_LENGTH);
    String text =
        plain
            ? message
            : new JsonObject()
                .put("Message", message)
                .put("Code", 0)
                .put("Type", "error")
                .toString();
    byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.answer(status, plain ? TEXT : JSON, line);
  }

  /** A field of a header has no line feeds, and no more than ASCII. */
  private static String header(String message) {
    StringBuilder text = new StringBuilder();
    message
        .chars()
        .limit(MAX_TOLD_CHARS)
        .forEach(c -> text.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    return text.toString();
  }
}
