package dev.limpet.protocol;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which headers may pass where. Names compare without case (RFC 9110, section 5.1); all sets hold
 * lower case.
 */
public final class HeaderRules {
  /** Header lines that a guest may answer with. */
  public static final int MAX_GUEST_HEADER_LINES = 64;

  /** Bytes of all header lines that a guest may answer with. */
  public static final int MAX_GUEST_HEADER_BYTES = 16 << 10;

  /** Names in one {@code Connection} header that are looked at; more is an attack. */
  public static final int MAX_CONNECTION_NAMES = 32;

  /** Meant for one connection, never passed on (RFC 9110, section 7.6.1). */
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-authentication-info",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  /** What says who is asking or where the answer comes from; the platform's business. */
  private static final Set<String> PLATFORM_ANSWER =
      Set.of(
          "content-length",
          "date",
          "server",
          "via",
          "alt-svc",
          "strict-transport-security",
          "clear-site-data",
          "service-worker-allowed");

  /**
   * What a pure function never sees, whatever its manifest lists: it would make equal Tasks differ,
   * or hand a caller's credentials to a stranger's code.
   */
  private static final Set<String> NEVER_SHOWN =
      Set.of(
          "host",
          "cookie",
          "authorization",
          "forwarded",
          "x-real-ip",
          "traceparent",
          "tracestate",
          "baggage",
          "content-length",
          "content-type",
          "date",
          "via",
          "expect",
          "idempotency-key",
          "if-match",
          "if-none-match",
          "if-modified-since",
          "if-unmodified-since",
          "if-range",
          "range",
          "cache-control",
          "pragma",
          "prefer");

  private HeaderRules() {}

  /**
   * The further names that the {@code Connection} headers of a message declare hop-by-hop, in lower
   * case.
   *
   * @param connection the values of all {@code Connection} lines
   * @throws LimpetException {@code bad-header} for more than {@link #MAX_CONNECTION_NAMES}, or for
   *     a name that is no token
   */
  public static Set<String> connectionNames(List<String> connection) {
    Set<String> names = new HashSet<>();
    for (String line : connection) {
      for (String part : line.split(",", -1)) {
        String name = lower(part.strip());
        if (name.isEmpty()) {
          continue;
        }
        if (!isToken(name) || names.size() == MAX_CONNECTION_NAMES) {
          throw new LimpetException(ErrorCode.BAD_HEADER, "the Connection header is malformed");
        }
        names.add(name);
      }
    }
    return Set.copyOf(names);
  }

  /** Whether a guest may set a header of its answer. */
  public static boolean guestMaySet(String name) {
    String lower = lower(name);
    return isToken(lower)
        && !isOurs(lower)
        && !HOP_BY_HOP.contains(lower)
        && !PLATFORM_ANSWER.contains(lower);
  }

  /** Whether a manifest may list a request header, so that its function sees it. */
  public static boolean listable(String name) {
    String lower = lower(name);
    return isToken(lower)
        && !isOurs(lower)
        && !HOP_BY_HOP.contains(lower)
        && !NEVER_SHOWN.contains(lower)
        && !lower.startsWith("x-forwarded-")
        && !lower.startsWith("sec-")
        && !lower.startsWith("proxy-");
  }

  /** Whether a header is the platform's own: it starts with {@code Limpet-}. */
  public static boolean isOurs(String name) {
    return name.regionMatches(true, 0, Headers.PREFIX, 0, Headers.PREFIX.length());
  }

  /** Whether this is a token of RFC 9110, section 5.6.2, as every header name is. */
  public static boolean isToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!isTokenCharacter(name.charAt(i))) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean isTokenCharacter(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  /**
   * Whether this may be the value of a header (RFC 9110, section 5.5): visible ASCII, inner spaces
   * and tabs, bytes from 0x80 as Latin-1; no line breaks, so that a guest cannot add headers.
   */
  public static boolean isValue(String value) {
    return value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= 0xff && c != 0x7f))
        && value.equals(value.strip());
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
