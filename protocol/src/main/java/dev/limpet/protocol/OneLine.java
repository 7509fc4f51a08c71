package dev.limpet.protocol;

/** What is a stranger's, as a part of one line of a message. */
public final class OneLine {
  private OneLine() {}

  /**
   * The text without anything that a terminal, a log or a page would obey: control characters,
   * marks that turn the direction of text, ends of lines and halves of characters become {@code ?}.
   *
   * @param most characters (code points) that are kept; {@code …} stands for the rest
   */
  public static String of(String text, int most) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), most) + 1);
    text.codePoints().limit(most).forEach(c -> line.appendCodePoint(isHarmless(c) ? c : '?'));
    if (text.codePointCount(0, text.length()) > most) {
      line.append('…');
    }
    return line.toString();
  }

  /**
   * Whether nothing that shows a character (a code point) obeys it: it is no control character, no
   * mark that turns or hides text, no end of a line, no half of a character.
   */
  public static boolean isHarmless(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
