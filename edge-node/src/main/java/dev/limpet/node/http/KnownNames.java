package dev.limpet.node.http;

import dev.limpet.protocol.Headers;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Names of headers that the rules of access ask each request for. The server makes a name that it
 * does not know itself anew from each text.
 */
final class KnownNames {
  private static final Map<String, HeaderName> KNOWN =
      List.of(
              "Authorization",
              "Host",
              "Origin",
              "Sec-Fetch-Site",
              "Service-Worker",
              "traceparent",
              "tracestate",
              Headers.TICKET)
          .stream()
          .collect(Collectors.toUnmodifiableMap(Function.identity(), HeaderNames::create));

  private KnownNames() {}

  /** The name as the server knows it. */
  static HeaderName of(String name) {
    HeaderName known = KNOWN.get(name);
    return known == null ? HeaderNames.create(name) : known;
  }
}
