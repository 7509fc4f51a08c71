package dev.limpet.gateway.proxy;

import dev.limpet.protocol.Headers;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names of header lines that each call asks for or sets, in a form that keeps its hash: the server
 * hashes a plain string anew each time, letter by letter.
 */
public final class KnownNames {
  private static final List<String> TEXTS =
      List.of(
          "Accept-Ranges",
          "Authorization",
          "Cache-Control",
          "Connection",
          "Content-Length",
          "Content-Security-Policy",
          "Content-Type",
          "ETag",
          "Expect",
          "Host",
          "If-None-Match",
          "If-Range",
          "Origin",
          "Prefer",
          "Range",
          "Sec-Fetch-Site",
          "Service-Worker",
          "Set-Cookie",
          "Trailer",
          "Transfer-Encoding",
          "Vary",
          "X-Content-Type-Options",
          "traceparent",
          "tracestate",
          Headers.BLOCKS_READ,
          Headers.BYTES_FETCHED,
          Headers.DATA,
          Headers.DATA_BYTES,
          Headers.ERROR,
          Headers.EXECUTION,
          Headers.FUNCTION,
          Headers.IDEMPOTENCY_KEY,
          Headers.INVOCATION,
          Headers.MAX_FETCH,
          Headers.MEMO,
          Headers.NODE,
          Headers.RECEIPT,
          Headers.SERVER_TIMING,
          Headers.TASK,
          Headers.TIMEOUT,
          Headers.USAGE);

  private static final Map<String, CharSequence> KNOWN = known();

  private KnownNames() {}

  private static Map<String, CharSequence> known() {
    Map<String, CharSequence> known = HashMap.newHashMap(TEXTS.size());
    TEXTS.forEach(text -> known.put(text, HttpHeaders.createOptimized(text)));
    return known;
  }

  /** The name in that form if it is one of those, spelt so, else itself. */
  public static CharSequence of(String name) {
    CharSequence known = KNOWN.get(name);
    return known == null ? name : known;
  }

  /** The same lines with such names. */
  public static Map<CharSequence, String> in(Map<String, String> lines) {
    Map<CharSequence, String> known = LinkedHashMap.newLinkedHashMap(lines.size());
    lines.forEach((name, value) -> known.put(of(name), value));
    return known;
  }
}
