package dev.limpet.cli.terminal;

import dev.limpet.protocol.OneLine;

/** Makes text from strangers safe to print on a terminal. */
public final class Escape {
  /** What is shown of one thing that a stranger says in a line; JSON has all of it. */
  static final int MAX_SHOWN_CHARS = 4096;

  private Escape() {}

  /**
   * Control characters (C0, DEL, C1 and the bidirectional overrides) become visible escapes; tab
   * and newline stay.
   */
  public static String controls(String text) {
    if (text.chars().noneMatch(Escape::isControl)) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isControl(c)) {
        safe.append(String.format("\\u%04x", (int) c));
      } else {
        safe.append(c);
      }
    }
    return safe.toString();
  }

  /** What a stranger says as a part of one line, which no end of a line in it makes two. */
  public static String oneLine(Object said) {
    return OneLine.of(said.toString(), MAX_SHOWN_CHARS);
  }

  private static boolean isControl(int c) {
    boolean c0 = c < 0x20 && c != '\t' && c != '\n';
    boolean c1 = c >= 0x7f && c < 0xa0;
    boolean bidi = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    return c0 || c1 || bidi;
  }
}
