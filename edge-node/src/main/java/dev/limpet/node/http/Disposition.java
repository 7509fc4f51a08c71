package dev.limpet.node.http;

import dev.limpet.protocol.PercentText;

/**
 * {@code Content-Disposition} (RFC 6266): a name in ASCII for old clients, in which other letters
 * are underscores, and the whole name in UTF-8. Both are percent-encoded, so that no quote, line
 * end or slash of a stranger's name gets into the header.
 */
final class Disposition {
  /** Longest name that is said; file systems take 255 bytes. */
  static final int MAX_FILENAME_CHARS = 255;

  private static final String PLAIN = "-_.~$&+:=@";

  private Disposition() {}

  /** The value for a file that is shown, or kept, under a name. */
  static String of(boolean inline, String name) {
    String cut = name.substring(0, Math.min(name.length(), MAX_FILENAME_CHARS));
    StringBuilder ascii = new StringBuilder(cut.length());
    cut.codePoints().forEach(c -> ascii.append(c < 0x80 ? (char) c : '_'));
    return (inline ? "inline" : "attachment")
        + "; filename=\""
        + encoded(ascii.toString())
        + "\"; filename*=UTF-8''"
        + encoded(cut);
  }

  /** A text as part of a URL. */
  static String encoded(String text) {
    return PercentText.encode(text, PLAIN);
  }
}
