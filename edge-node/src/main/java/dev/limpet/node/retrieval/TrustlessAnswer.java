package dev.limpet.node.retrieval;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a gateway answers. Its connection serves another one afterwards, if this one was read to its
 * end and the gateway does not mind.
 */
public final class TrustlessAnswer implements AutoCloseable {
  private static final int RETRY_DIGITS = 9;

  private final AnswerHead head;
  private final AnswerBody body;
  private final Connection connection;
  private final Consumer<Connection> keep;
  private boolean closed;

  private TrustlessAnswer(
      AnswerHead head, AnswerBody body, Connection connection, Consumer<Connection> keep) {
    this.head = head;
    this.body = body;
    this.connection = connection;
    this.keep = keep;
  }

  /**
   * Reads the head of an answer.
   *
   * @param keep gets the connection when this is closed and it can serve another answer
   */
  static TrustlessAnswer read(Connection connection, Consumer<Connection> keep) throws IOException {
    AnswerHead head = AnswerHead.read(connection.in());
    String coding = head.line("content-encoding");
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      throw new IOException("it sends a content coding that was not asked for");
    }
    return new TrustlessAnswer(head, AnswerBody.of(head, connection.in()), connection, keep);
  }

  /** Three digits. */
  public int status() {
    return head.status();
  }

  /** The media type without parameters, in lower case; empty without one. */
  public String mediaType() {
    String type = head.line("content-type");
    return type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  /** When it wants to be asked again, if it says so in seconds. */
  Optional<Duration> retryAfter() {
    String value = head.line("retry-after");
    boolean seconds =
        value != null
            && !value.isEmpty()
            && value.length() <= RETRY_DIGITS
            && value.chars().allMatch(c -> c >= '0' && c <= '9');
    return seconds ? Optional.of(Duration.ofSeconds(Long.parseLong(value))) : Optional.empty();
  }

  /**
   * What follows the head. An end before the stated one, standing still, and the end of the time
   * that was given are an {@link IOException}.
   */
  public InputStream body() {
    return body;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (head.persistent() && body.isBehind() && connection.isQuiet()) {
      keep.accept(connection);
    } else {
      connection.close();
    }
  }
}
