package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShortnessTest {
  private static final long SHORT = 10_000;

  private final Shortness shortness = new Shortness();

  /** How many short calls it takes until the next is likely to be one. */
  private int wait(int most) {
    int calls = 0;
    while (!shortness.isLikely() && calls < most) {
      shortness.ended(SHORT);
      calls++;
    }
    return calls;
  }

  @Test
  void some_calls_must_have_been_short() {
    assertFalse(shortness.isLikely());
    assertEquals(8, wait(100));
  }

  @Test
  void who_breaks_the_guess_again_and_again_is_believed_more_and_more_rarely() {
    int before = wait(100);
    for (int i = 0; i < 9; i++) {
      shortness.wasInVain();
      int now = wait(10_000);
      assertEquals(2 * before, now);
      before = now;
    }
    shortness.wasInVain();
    assertEquals(4096, wait(10_000));
  }

  @Test
  void a_long_run_of_short_calls_makes_it_trusted_again() {
    int _ = wait(100);
    shortness.wasInVain();
    assertEquals(16, wait(100));
    for (int i = 0; i < 1024; i++) {
      shortness.ended(SHORT);
    }
    shortness.wasInVain();
    assertEquals(16, wait(100), "it would be 32");
  }

  @Test
  void a_thread_that_was_stopped_for_a_moment_says_nothing() {
    int _ = wait(100);
    shortness.ended(4_000_000);
    assertTrue(shortness.isLikely());
  }

  @Test
  void one_that_takes_long_for_its_ticks_must_be_made_up_for_by_many_that_do_not() {
    int _ = wait(100);
    shortness.ended(40_000_000);
    assertFalse(shortness.isLikely());
    assertEquals(388, wait(10_000), "each of 0.01 ms makes up for 0.09 of some 35");
  }

  @Test
  void calls_that_take_long_on_average_are_not_tried() {
    for (int i = 0; i < 101; i++) {
      shortness.ended(150_000);
    }
    assertFalse(shortness.isLikely());
  }
}
