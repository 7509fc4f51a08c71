package dev.limpet.node.http;

import dev.limpet.protocol.access.SecurityHeaders;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.LinkedHashMap;
import java.util.Map;

/** Headers that every answer of one kind has; their names are made once, not for each answer. */
final class FixedHeaders {
  /** What the node itself says. */
  static final FixedHeaders API = new FixedHeaders(SecurityHeaders.api());

  /** Data and answers of functions; a node has no content host of its own. */
  static final FixedHeaders CONTENT = new FixedHeaders(SecurityHeaders.content(false));

  private final Map<HeaderName, String> headers = new LinkedHashMap<>();

  private FixedHeaders(Map<String, String> headers) {
    headers.forEach((name, value) -> this.headers.put(HeaderNames.create(name), value));
  }

  /** Takes them all from an answer. */
  void takeFrom(Exchange exchange) {
    headers.keySet().forEach(exchange::remove);
  }

  /** Sets them all on an answer. */
  void setOn(Exchange exchange) {
    headers.forEach(exchange::set);
  }
}
