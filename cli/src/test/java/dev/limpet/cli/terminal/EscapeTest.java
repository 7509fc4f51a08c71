package dev.limpet.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapeTest {
  @Test
  void terminal_codes_become_visible() {
    assertEquals("\\u001b[2Jgone", Escape.controls("\u001b[2Jgone"));
    assertEquals("a\\u000db", Escape.controls("a\rb"));
    assertEquals("\\u009b31m", Escape.controls("\u009b31m"));
  }

  @Test
  void text_that_reads_backwards_becomes_visible() {
    assertEquals("a\\u202egpj.exe", Escape.controls("a\u202egpj.exe"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x61c, 0x200e, 0x200f, 0x202a, 0x2028, 0x2029, 0x2066, 0x206f, 0xfeff})
  void every_mark_that_turns_hides_or_parts_text_becomes_visible(int mark) {
    assertEquals(
        String.format("a\\u%04xb", mark), Escape.controls("a" + Character.toString(mark) + "b"));
  }

  @Test
  void tags_beyond_the_first_plane_and_halves_of_characters_become_visible() {
    assertEquals("a\\udb40\\udc41", Escape.controls("a" + Character.toString(0xe0041)));
    assertEquals("a\\ud83db", Escape.controls("a\ud83db"));
    assertEquals("\ud83d\udc04", Escape.controls("\ud83d\udc04"));
  }

  @Test
  void letters_of_any_language_tabs_and_newlines_stay() {
    assertEquals("Zürich\t東京\n", Escape.controls("Zürich\t東京\n"));
  }
}
