package dev.limpet.cli.demo;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeansTest {
  private final Map<String, String> expected = Map.of("AA", "0.98", "UA", "3.18");

  @Test
  void the_same_means_agree_whatever_their_digits() {
    assertTrue(Means.agree(List.of("carrier,mean", "AA,0.9824", "UA,3.1771"), expected));
  }

  @Test
  void another_mean_a_missing_key_or_an_error_text_do_not() {
    assertFalse(Means.agree(List.of("carrier,mean", "AA,0.99", "UA,3.18"), expected));
    assertFalse(Means.agree(List.of("carrier,mean", "AA,0.98"), expected));
    assertFalse(Means.agree(List.of("oops"), expected));
    assertFalse(Means.agree(List.of("carrier,mean", "AA,abc", "UA,3.18"), expected));
  }
}
