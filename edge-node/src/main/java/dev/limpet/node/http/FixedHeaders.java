package dev.limpet.node.http;

import dev.limpet.protocol.access.SecurityHeaders;
import io.helidon.http.Header;
import java.util.List;
import java.util.Map;

/** Headers that every answer of one kind has; they are made once, not for each answer. */
final class FixedHeaders {
  /** What the node itself says. */
  static final FixedHeaders API = new FixedHeaders(SecurityHeaders.api());

  /** Data and answers of functions; a node has no content host of its own. */
  static final FixedHeaders CONTENT = new FixedHeaders(SecurityHeaders.content(false));

  private final List<Header> headers;

  private FixedHeaders(Map<String, String> headers) {
    this.headers =
        headers.entrySet().stream().map(line -> fixed(line.getKey(), line.getValue())).toList();
  }

  /** One line that is the same in many answers; the server would check its letters in each. */
  static Header fixed(String name, String value) {
    return new HeadLines(new HeadLines.LineName(name), value).fixed();
  }

  /** Takes them all from an answer. */
  void takeFrom(Exchange exchange) {
    for (Header header : headers) {
      exchange.remove(header.headerName());
    }
  }

  /** Sets them all on an answer. */
  void setOn(Exchange exchange) {
    for (Header header : headers) {
      exchange.set(header);
    }
  }
}
