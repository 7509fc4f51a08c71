package dev.limpet.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One JSON string (RFC 8259, section 7) taken out of a document: its value, the index after its
 * closing quote, and, when it is malformed, what is wrong with it.
 */
record JsonText(String value, int end, @Nullable String problem) {

  /** Decodes the string whose first byte after the quote is {@code start}. */
  static JsonText decode(byte[] in, int start, int maxChars) {
    int end = start;
    boolean escaped = false;
    int all = 0;
    while (end < in.length && in[end] != '"') {
      if (in[end] >= 0 && in[end] < ' ') {
        return malformed("a control character stands in a string");
      }
      all |= in[end];
      escaped |= in[end] == '\\';
      end += in[end] == '\\' ? 2 : 1;
    }
    if (end >= in.length) {
      return malformed("a string is not closed");
    }
    if (end - start > (long) maxChars * 6) {
      return malformed("a string has more than " + maxChars + " characters");
    }
    if (all >= 0 && !escaped) {
      String ascii = new String(in, start, end - start, StandardCharsets.ISO_8859_1);
      return bounded(ascii, end + 1, maxChars);
    }
    String raw = utf8(in, start, end);
    if (raw == null) {
      return malformed("a string is not UTF-8");
    }
    return escaped ? unescape(raw, end + 1, maxChars) : checked(raw, end + 1, maxChars);
  }

  private static @Nullable String utf8(byte[] in, int start, int end) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(in, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static JsonText unescape(String raw, int end, int maxChars) {
    StringBuilder out = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = raw.charAt(i++);
      if (escape == 'u') {
        int unit = hex(raw, i);
        if (unit < 0) {
          return malformed("an escape is not \\u and four hexadecimal digits");
        }
        out.append((char) unit);
        i += 4;
        continue;
      }
      int at = "\"\\/bfnrt".indexOf(escape);
      if (at < 0) {
        return malformed("an escape is unknown");
      }
      out.append("\"\\/\b\f\n\r\t".charAt(at));
    }
    return checked(out.toString(), end, maxChars);
  }

  private static int hex(String raw, int at) {
    if (at + 4 > raw.length()) {
      return -1;
    }
    int unit = 0;
    for (int i = at; i < at + 4; i++) {
      char c = raw.charAt(i);
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      unit = unit * 16 + digit;
    }
    return unit;
  }

  private static JsonText bounded(String value, int end, int maxChars) {
    return value.length() > maxChars
        ? malformed("a string has more than " + maxChars + " characters")
        : new JsonText(value, end, null);
  }

  private static JsonText checked(String value, int end, int maxChars) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < value.length()
          && Character.isLowSurrogate(value.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return malformed("a string has half a surrogate pair");
      }
    }
    return bounded(value, end, maxChars);
  }

  private static JsonText malformed(String problem) {
    return new JsonText("", 0, problem);
  }
}
