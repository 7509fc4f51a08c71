package dev.limpet.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/**
 * What no runtime needs to see: each is refused with a sentence that names the line, if there is
 * one.
 */
class ScriptRulesTest {

  private static String refused(byte[] script) {
    LimpetException refused =
        assertThrows(LimpetException.class, () -> ScriptRules.check("a.js", script));
    assertEquals(ErrorCode.BAD_SCRIPT, refused.code());
    return refused.problem().detail();
  }

  private static byte[] latin1(int spacesBefore) {
    return (" ".repeat(spacesBefore) + "\n// caf\u00e9\n")
        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  @Test
  void a_text_in_utf8_passes() {
    ScriptRules.check("a.js", "export default () => '\u20ac \ud83d\ude00'".getBytes(UTF_8));
    ScriptRules.check("a.js", new byte[ScriptRules.MAX_SCRIPT_BYTES]);
  }

  @Test
  void the_line_that_is_not_utf8_is_named() {
    assertEquals("a.js:2: this is not UTF-8: save it as UTF-8", refused(latin1(0)));
    assertEquals("a.js:2: this is not UTF-8: save it as UTF-8", refused(latin1(100_000)));
    assertEquals(
        "a.js:1: this is not UTF-8: save it as UTF-8", refused(new byte[] {'/', (byte) 0xe2}));
  }

  @Test
  void nothing_and_too_much_are_refused_with_the_limit() {
    assertEquals(
        "a.js is empty: a script exports a function, export default function ...",
        refused(new byte[0]));
    assertEquals(
        "a.js has 4194305 bytes; a script has at most 4194304: leave out what it does not use, and"
            + " call it on data for the rest",
        refused(new byte[ScriptRules.MAX_SCRIPT_BYTES + 1]));
  }
}
