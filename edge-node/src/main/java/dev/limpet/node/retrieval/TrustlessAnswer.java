package dev.limpet.node.retrieval;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What a gateway answers; its connection serves this one answer and closes with it. */
public final class TrustlessAnswer implements AutoCloseable {
  private static final int RETRY_DIGITS = 9;

  private final AnswerHead head;
  private final InputStream body;
  private final Connection connection;

  private TrustlessAnswer(AnswerHead head, InputStream body, Connection connection) {
    this.head = head;
    this.body = body;
    this.connection = connection;
  }

  /** Reads the head of an answer. */
  static TrustlessAnswer read(Connection connection) throws IOException {
    AnswerHead head = AnswerHead.read(connection.in());
    String coding = head.line("content-encoding");
    if (coding != null && !coding.equalsIgnoreCase("identity")) {
      throw new IOException("it sends a content coding that was not asked for");
    }
    return new TrustlessAnswer(head, AnswerBody.of(head, connection.in()), connection);
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
    connection.close();
  }
}
