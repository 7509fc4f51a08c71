package dev.limpet.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

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

  @Test
  void letters_of_any_language_tabs_and_newlines_stay() {
    assertEquals("Zürich\t東京\n", Escape.controls("Zürich\t東京\n"));
  }
}
