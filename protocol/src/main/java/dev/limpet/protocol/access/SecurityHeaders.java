package dev.limpet.protocol.access;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Headers that keep a browser from trusting an answer more than it should. They are added to what a
 * guest sets: of two policies a browser enforces both.
 */
public final class SecurityHeaders {
  private static final String NOSNIFF = "X-Content-Type-Options";
  private static final String POLICY = "Content-Security-Policy";

  private SecurityHeaders() {}

  /**
   * For answers of functions and for data: both are a stranger's bytes. In the sandbox a page has
   * an opaque origin, so it cannot act with the rights of this listener.
   *
   * @param ownContentHost whether such answers come from a host that serves nothing else; then a
   *     page may have that origin
   */
  public static Map<String, String> content(boolean ownContentHost) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(NOSNIFF, "nosniff");
    if (!ownContentHost) {
      headers.put(POLICY, "sandbox allow-scripts");
    }
    return headers;
  }

  /** For answers of the management API: nothing in them is meant to be shown as a page. */
  public static Map<String, String> api() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(NOSNIFF, "nosniff");
    headers.put(POLICY, "default-src 'none'; frame-ancestors 'none'");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Cache-Control", "no-store");
    return headers;
  }
}
