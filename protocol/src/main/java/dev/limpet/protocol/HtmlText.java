package dev.limpet.protocol;

/** What is a stranger's, on a page. */
public final class HtmlText {
  private HtmlText() {}

  /** Text as HTML, also within quotes; control characters become a sign of their own. */
  public static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(OneLine.isHarmless(c) ? c : 0xfffd);
              }
            });
    return safe.toString();
  }
}
