package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class OnlyIfCachedTest {
  @Test
  void it_is_one_directive_among_others_in_any_case() {
    assertTrue(OnlyIfCached.isIn(List.of(OnlyIfCached.LINE.getValue())));
    assertTrue(OnlyIfCached.isIn(List.of("no-cache", "max-age=0 , Only-If-Cached")));
    assertFalse(OnlyIfCached.isIn(List.of()));
    assertFalse(OnlyIfCached.isIn(List.of("max-age=0, x-only-if-cached", "only-if-cached=no")));
  }
}
