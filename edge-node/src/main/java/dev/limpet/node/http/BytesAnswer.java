package dev.limpet.node.http;

import dev.limpet.protocol.ByteRange;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import java.util.Arrays;
import java.util.Optional;

/** Ranges of an answer, and answers that are in memory: a block, a document. */
final class BytesAnswer {
  /** Said of all that ranges may be asked of. */
  static final Header ACCEPT_RANGES = FixedHeaders.fixed("Accept-Ranges", "bytes");

  private BytesAnswer() {}

  /** Answers with bytes whose type is set, or with the range of them that is asked for. */
  static void answer(Exchange exchange, String etag, byte[] bytes) {
    Optional<ByteRange> range = range(exchange, etag, bytes.length);
    if (range.isEmpty()) {
      exchange.answerBytes(200, bytes);
      return;
    }
    ByteRange sent = range.get();
    exchange.answerBytes(
        206, Arrays.copyOfRange(bytes, (int) sent.from(), (int) sent.toExclusive()));
  }

  /**
   * The range that is asked for, of an answer with that tag and size; says that ranges can be had,
   * and which one it is.
   *
   * @throws LimpetException {@code range-not-satisfiable}
   */
  static Optional<ByteRange> range(Exchange exchange, String etag, long size) {
    exchange.set(ACCEPT_RANGES);
    String ifRange = exchange.header(HeaderNames.IF_RANGE);
    if (ifRange != null && !ifRange.strip().equals(etag)) {
      return Optional.empty();
    }
    Optional<ByteRange> range =
        exchange.joined(HeaderNames.RANGE).flatMap(r -> ByteRange.parse(r, size));
    if (range.isEmpty()) {
      return range;
    }
    if (!range.get().isSatisfiable()) {
      exchange.set(HeaderNames.CONTENT_RANGE, "bytes */" + size);
      throw new LimpetException(ErrorCode.RANGE_NOT_SATISFIABLE, "there are " + size + " bytes");
    }
    ByteRange sent = range.get();
    exchange.set(
        HeaderNames.CONTENT_RANGE,
        "bytes " + sent.from() + "-" + (sent.toExclusive() - 1) + "/" + size);
    return range;
  }
}
