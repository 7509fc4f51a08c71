package dev.limpet.node.http;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Whether bytes are a JSON object or array, or how one begins (RFC 8259). Only the first bytes of a
 * file are looked at, so a text that is cut counts as long as all that is there could go on as
 * JSON. A lone number or string is no JSON here: most of these are plain text.
 */
final class JsonStart {
  private static final List<String> LITERALS = List.of("true", "false", "null");
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  private static final Pattern NUMBER_START =
      Pattern.compile("-|-?(0|[1-9][0-9]*)(\\.[0-9]*)?([eE][+-]?[0-9]*)?");

  /** What may come next. */
  private enum Next {
    VALUE,
    VALUE_OR_END,
    KEY,
    KEY_OR_END,
    COLON,
    COMMA_OR_END,
    NOTHING
  }

  private final byte[] bytes;
  private final boolean whole;

  /** Of each level whether it is an object. */
  private final BitSet objects = new BitSet();

  private int depth;
  private int at;
  private Next next = Next.VALUE;

  private JsonStart(byte[] bytes, boolean whole) {
    this.bytes = bytes;
    this.whole = whole;
  }

  /**
   * Looks at the first bytes of a file.
   *
   * @param whole whether these are all that it has
   */
  static boolean is(byte[] bytes, boolean whole) {
    return new JsonStart(bytes, whole).scan();
  }

  private boolean scan() {
    while (at < bytes.length) {
      char c = (char) (bytes[at] & 0xff);
      if (" \t\r\n".indexOf(c) >= 0) {
        at++;
      } else if (!token(c)) {
        return false;
      }
    }
    boolean opened = depth > 0 || next == Next.NOTHING;
    return opened && (!whole || next == Next.NOTHING);
  }

  private boolean token(char c) {
    return switch (next) {
      case VALUE -> value(c);
      case VALUE_OR_END -> c == ']' ? close() : value(c);
      case KEY -> c == '"' && string(Next.COLON);
      case KEY_OR_END -> c == '}' ? close() : c == '"' && string(Next.COLON);
      case COLON -> c == ':' && step(Next.VALUE);
      case COMMA_OR_END -> commaOrEnd(c);
      case NOTHING -> false;
    };
  }

  private boolean commaOrEnd(char c) {
    boolean object = objects.get(depth - 1);
    if (c == ',') {
      return step(object ? Next.KEY : Next.VALUE);
    }
    return c == (object ? '}' : ']') && close();
  }

  private boolean value(char c) {
    if (c == '{' || c == '[') {
      objects.set(depth++, c == '{');
      return step(c == '{' ? Next.KEY_OR_END : Next.VALUE_OR_END);
    }
    if (depth == 0) {
      return false;
    }
    return c == '"' ? string(Next.COMMA_OR_END) : word();
  }

  private boolean step(Next after) {
    at++;
    next = after;
    return true;
  }

  private boolean close() {
    depth--;
    return step(depth == 0 ? Next.NOTHING : Next.COMMA_OR_END);
  }

  private boolean string(Next after) {
    for (at++; at < bytes.length; at++) {
      int b = bytes[at] & 0xff;
      if (b == '"') {
        return step(after);
      }
      if (b < ' ' || (b == '\\' && !escape())) {
        return false;
      }
    }
    return !whole;
  }

  /** Moves to the last byte of an escape. */
  private boolean escape() {
    at++;
    if (at >= bytes.length) {
      return !whole;
    }
    if (bytes[at] != 'u') {
      return "\"\\/bfnrt".indexOf(bytes[at]) >= 0;
    }
    for (int digit = 0; digit < 4 && at + 1 < bytes.length; digit++) {
      if (Character.digit(bytes[++at], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private boolean word() {
    int from = at;
    while (at < bytes.length && isOfWord((char) (bytes[at] & 0xff))) {
      at++;
    }
    next = Next.COMMA_OR_END;
    String text = new String(bytes, from, at - from, StandardCharsets.US_ASCII);
    boolean cut = !whole && at == bytes.length;
    Pattern number = cut ? NUMBER_START : NUMBER;
    return number.matcher(text).matches() || isLiteral(text, cut);
  }

  private static boolean isOfWord(char c) {
    return c < 0x80 && (Character.isLetterOrDigit(c) || "+-.".indexOf(c) >= 0);
  }

  private static boolean isLiteral(String text, boolean cut) {
    return cut
        ? !text.isEmpty() && LITERALS.stream().anyMatch(literal -> literal.startsWith(text))
        : LITERALS.contains(text);
  }
}
