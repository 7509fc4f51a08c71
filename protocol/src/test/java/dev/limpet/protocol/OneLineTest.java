package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneLineTest {
  @ParameterizedTest
  @ValueSource(
      ints = {0, '\t', '\n', '\r', 0x1b, 0x7f, 0x85, 0x9b, 0x200f, 0x202e, 0x2028, 0x2029, 0xd800})
  void what_a_terminal_or_a_page_would_obey_becomes_a_question_mark(int character) {
    assertEquals("a?b", OneLine.of("a" + Character.toString(character) + "b", 10));
  }

  @Test
  void all_else_stays_whatever_its_script() {
    String text = "CN=Kühe & Söhne \u725b \ud83d\udc04";
    assertEquals(text, OneLine.of(text, 100));
  }

  @Test
  void what_is_too_long_is_cut_between_characters_and_says_so() {
    assertEquals("\ud83d\udc04\ud83d\udc04…", OneLine.of("\ud83d\udc04".repeat(3), 2));
    assertEquals("ab", OneLine.of("ab", 2));
    assertEquals("", OneLine.of("", 2));
  }
}
