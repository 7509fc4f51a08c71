package dev.limpet.cli.terminal;

import dev.limpet.protocol.OneLine;

/** Makes text from strangers safe to print on a terminal. */
public final class Escape {
  /** What is shown of one thing that a stranger says in a line; JSON has all of it. */
  static final int MAX_SHOWN_CHARS = 4096;

  private Escape() {}

  /** All that is not {@link OneLine#isHarmless} becomes visible escapes; tab and newline stay. */
  public static String controls(String text) {
    if (text.codePoints().allMatch(Escape::isShown)) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(safe, c));
    return safe.toString();
  }

  private static void append(StringBuilder safe, int character) {
    if (isShown(character)) {
      safe.appendCodePoint(character);
    } else {
      for (char half : Character.toChars(character)) {
        safe.append(String.format("\\u%04x", (int) half));
      }
    }
  }

  private static boolean isShown(int character) {
    return character == '\t' || character == '\n' || OneLine.isHarmless(character);
  }

  /** What a stranger says as a part of one line, which no end of a line in it makes two. */
  public static String oneLine(Object said) {
    return OneLine.of(said.toString(), MAX_SHOWN_CHARS);
  }
}
