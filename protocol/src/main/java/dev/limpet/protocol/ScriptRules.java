package dev.limpet.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** What a script must be before anybody tries to run it: a text in UTF-8 of some length. */
public final class ScriptRules {
  /**
   * Largest script, one file or all files of a folder together. Bundles of npm packages have some
   * hundred kilobytes; compiled, one of this size takes tens of megabytes of a guest.
   */
  public static final int MAX_SCRIPT_BYTES = 4 << 20;

  private static final int PIECE = 8192;

  private ScriptRules() {}

  /**
   * Checks the length of a script that is not read yet.
   *
   * @param name what to call it in the error
   * @throws LimpetException {@code bad-script}
   */
  public static void checkSize(String name, long bytes) {
    if (bytes == 0) {
      throw bad(name + " is empty: a script exports a function, export default function ...");
    }
    if (bytes > MAX_SCRIPT_BYTES) {
      throw bad(
          name
              + " has "
              + bytes
              + " bytes; a script has at most "
              + MAX_SCRIPT_BYTES
              + ": leave out what it does not use, and call it on data for the rest");
    }
  }

  /**
   * Checks the text of a script.
   *
   * @param name what to call it in the error
   * @throws LimpetException {@code bad-script} that names the line
   */
  public static void check(String name, byte[] script) {
    checkSize(name, script.length);
    int line = badLine(script);
    if (line > 0) {
      throw bad(name + ":" + line + ": this is not UTF-8: save it as UTF-8");
    }
  }

  /** The line in which it stops being UTF-8, or 0. */
  private static int badLine(byte[] script) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer bytes = ByteBuffer.wrap(script);
    CharBuffer chars = CharBuffer.allocate(PIECE);
    CoderResult result;
    do {
      chars.clear();
      result = decoder.decode(bytes, chars, true);
    } while (result.isOverflow());
    if (!result.isError()) {
      return 0;
    }
    int line = 1;
    for (int i = 0; i < bytes.position(); i++) {
      line += script[i] == '\n' ? 1 : 0;
    }
    return line;
  }

  private static LimpetException bad(String sentence) {
    return new LimpetException(ErrorCode.BAD_SCRIPT, sentence);
  }
}
