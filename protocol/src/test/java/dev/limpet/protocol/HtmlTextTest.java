package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HtmlTextTest {
  @Test
  void what_means_something_in_html_is_escaped_within_quotes_too() {
    assertEquals(
        "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;",
        HtmlText.escaped("<a href=\"x\" title='y'>&amp;"));
  }

  @Test
  void what_nobody_sees_is_shown_as_a_mark_and_letters_stay() {
    assertEquals("a\ufffdb\ufffdc\ufffdd", HtmlText.escaped("a\nb\u202ec\ud800d"));
    assertEquals("Grüße, \ud83d\udc1a", HtmlText.escaped("Grüße, \ud83d\udc1a"));
  }
}
