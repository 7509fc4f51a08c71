package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonStartTest {
  private static final String ALL_KINDS =
      " {\"a\\\"\\u00e9\" : [1, -0.5e+10, {}, [], [[true]], \"\", null, false],"
          + " \"b\":{\"c\":\"d\"}}\t\r\n";

  private static boolean is(String text, boolean whole) {
    return JsonStart.is(text.getBytes(StandardCharsets.UTF_8), whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "[{}]", "{\"a\":1}", " [ 0 , -1.5E3 ]\n", ALL_KINDS})
  void a_whole_object_or_array_is_json(String text) {
    assertTrue(is(text, true));
  }

  @Test
  void a_text_that_is_cut_anywhere_behind_its_first_bracket_could_go_on_as_json() {
    int bracket = ALL_KINDS.indexOf('{');
    for (int end = 0; end <= ALL_KINDS.length(); end++) {
      String start = ALL_KINDS.substring(0, end);
      assertEquals(end > bracket, is(start, false), start);
    }
  }

  @Test
  void a_whole_text_that_ends_early_is_no_json() {
    for (int end = 0; end < ALL_KINDS.lastIndexOf('}'); end++) {
      String start = ALL_KINDS.substring(0, end);
      assertFalse(is(start, true), start);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1",
        "\"text\"",
        "true",
        "text",
        "# [a]",
        "]",
        "[]]",
        "[] text",
        "{}{}",
        "[1 2]",
        "[1,]",
        "[,1]",
        "{,}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "[}",
        "{]",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[--1]",
        "[1e]",
        "[True]",
        "[nul]",
        "[nullx]",
        "[NaN]",
        "[\"a\nb\"]",
        "[\"\\x\"]",
        "[\"\\u12g4\"]",
        "['a']",
        "[link](https://page.example)"
      })
  void what_only_looks_like_it_is_no_json(String text) {
    assertFalse(is(text, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1 2", "{a", "[nulx", "[link", "[\"\\q", "[0123", "{\"a\" 1", "[1]x"})
  void a_cut_text_that_cannot_go_on_as_json_is_none(String text) {
    assertFalse(is(text, false));
  }
}
