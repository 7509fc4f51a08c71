package dev.limpet.protocol;

import java.util.HexFormat;

/**
 * Strings of JSON in ASCII, for logs and for what is written by hand: nothing that a stranger sent
 * reaches a terminal, or ends a line, as it is.
 */
public final class AsciiJson {
  private static final HexFormat HEX = HexFormat.of();

  private AsciiJson() {}

  /**
   * Appends the first characters of a text as they stand between the quotes of a string.
   *
   * @param chars how many, at most as many as there are
   */
  public static void append(StringBuilder out, String text, int chars) {
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7f) {
        out.append(c);
      } else {
        out.append("\\u").append(HEX.toHexDigits(c));
      }
    }
  }
}
