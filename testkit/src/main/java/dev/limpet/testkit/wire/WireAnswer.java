package dev.limpet.testkit.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * An answer as a client saw it.
 *
 * @param head status line and headers
 * @param latin1 what came of the body, one character for each byte
 * @param trailers lines after the last chunk
 * @param cut whether the connection ended before the body did
 */
public record WireAnswer(WireHead head, String latin1, List<WireHead.Line> trailers, boolean cut) {
  /** The status. */
  public int status() {
    return head.status();
  }

  /** The first value of a header, or the empty string. */
  public String header(String name) {
    return head.header(name).orElse("");
  }

  /** The first value of a trailer. */
  public Optional<String> trailer(String name) {
    return new WireHead("", trailers).header(name);
  }

  /** What the headers say, or the trailers when it was known only then; or the empty string. */
  public String headerOrTrailer(String name) {
    return head.header(name).or(() -> trailer(name)).orElse("");
  }

  /** What came of the body. */
  public byte[] bytes() {
    return latin1.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The body as text. */
  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }
}
