package dev.limpet.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Percent-encoding (RFC 3986, section 2.1), decoded once and strictly: every {@code %} starts two
 * hexadecimal digits, the result is UTF-8, and what a request target cannot hold is refused.
 */
public final class PercentText {
  /** Longest part of hostile input that a message repeats. */
  private static final int SHOWN_CHARS = 80;

  /** What needs no escape in a path segment: unreserved, sub-delims, ':' and '@'. */
  private static final String PLAIN = "-._~!$&'()*+,;=:@";

  private PercentText() {}

  /**
   * Decodes one segment of a path and checks it.
   *
   * @throws LimpetException {@code bad-path}
   */
  static String decodeSegment(String raw) {
    return pathSegment(decode(raw, false, ErrorCode.BAD_PATH));
  }

  /**
   * Checks one segment of a path, decoded.
   *
   * @throws LimpetException {@code bad-path}
   */
  static String pathSegment(String segment) {
    try {
      return checkSegment(segment);
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_PATH, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Whether a letter, a digit or a hyphen is written as {@code %xx}.
   *
   * @param raw each of whose {@code %} starts two hexadecimal digits
   */
  static boolean hidesWords(String raw) {
    for (int at = raw.indexOf('%'); at >= 0; at = raw.indexOf('%', at + 1)) {
      int value = HexFormat.fromHexDigits(raw, at + 1, at + 3);
      if (value == '-' || (value < 0x80 && Character.isLetterOrDigit(value))) {
        return true;
      }
    }
    return false;
  }

  /**
   * A name in a path: never empty, {@code .} or {@code ..}, without slash and NUL.
   *
   * @throws IllegalArgumentException with the reason
   */
  static String checkSegment(String segment) {
    if (segment.isEmpty()) {
      throw new IllegalArgumentException("a path has an empty segment");
    }
    if (segment.equals(".") || segment.equals("..")) {
      throw new IllegalArgumentException("a path has the segment " + segment);
    }
    if (segment.indexOf('/') >= 0) {
      throw new IllegalArgumentException("a path has an encoded slash, %2F");
    }
    if (segment.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a path has a NUL byte, %00");
    }
    return segment;
  }

  /**
   * Decodes a part of a request target.
   *
   * @param plusIsSpace as in the query of a form
   * @param code what a malformed text is answered with
   */
  static String decode(String raw, boolean plusIsSpace, ErrorCode code) {
    if (isPlain(raw, plusIsSpace)) {
      return raw;
    }
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        throw new LimpetException(code, "a character must be percent-encoded in " + shown(raw));
      }
      if (c == '%') {
        bytes[length++] = (byte) hex(raw, i + 1, code);
        i += 2;
      } else {
        bytes[length++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
      }
    }
    return utf8(bytes, length, raw, code);
  }

  /** Whether it stands for itself, as most do. */
  private static boolean isPlain(String raw, boolean plusIsSpace) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#' || c == '%' || (c == '+' && plusIsSpace)) {
        return false;
      }
    }
    return true;
  }

  private static int hex(String raw, int at, ErrorCode code) {
    boolean digits =
        at + 2 <= raw.length()
            && HexFormat.isHexDigit(raw.charAt(at))
            && HexFormat.isHexDigit(raw.charAt(at + 1));
    if (!digits) {
      throw new LimpetException(
          code, "% is not followed by two hexadecimal digits in " + shown(raw));
    }
    return HexFormat.fromHexDigits(raw, at, at + 2);
  }

  private static String utf8(byte[] bytes, int length, String raw, ErrorCode code) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new LimpetException(code, shown(raw) + " does not decode to UTF-8", e);
    }
  }

  /** Encodes a name for a path. */
  static String encodeSegment(String segment) {
    return encode(segment, PLAIN);
  }

  /**
   * Encodes a text.
   *
   * @param signs what stands for itself besides letters and digits of ASCII
   */
  public static String encode(String text, String signs) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || signs.indexOf(c) >= 0);
      if (plain) {
        out.append(c);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
      }
    }
    return out.toString();
  }

  /** Hostile text as a message may repeat it: short, in quotes, without control characters. */
  static String shown(String text) {
    String cut = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
    return "\"" + cut.replaceAll("[\\p{Cntrl}\"]", "?") + "\"";
  }
}
