package dev.limpet.gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How many calls a node gets, against nodes that are a formula. */
class AdaptiveLimitTest {
  private static final int RAN_MICROS = 5_000;
  private static final int SLOTS = 2;

  private final AdaptiveLimit limit = new AdaptiveLimit(new AdaptiveLimit.Bounds(4, 256));
  private long now = 1;

  /** One window of answers of a node that has so many calls and runs two at once. */
  private void window(int inFlight) {
    long waited = (long) Math.max(0, inFlight - SLOTS) * RAN_MICROS / SLOTS;
    answers(inFlight, waited, RAN_MICROS);
  }

  private void answers(int inFlight, long waited, long ran) {
    for (int i = 0; i < AdaptiveLimit.WINDOW_CALLS; i++) {
      limit.answered(now, waited, ran, inFlight);
      now += AdaptiveLimit.WINDOW_NANOS / (AdaptiveLimit.WINDOW_CALLS - 1) + 1;
    }
  }

  @Test
  void under_load_without_end_it_comes_down_to_what_keeps_calls_from_waiting() {
    for (int i = 0; i < 50; i++) {
      window(limit.calls());
    }
    assertTrue(limit.calls() >= 4 && limit.calls() <= 8, "found " + limit.calls());
  }

  @Test
  void slow_functions_without_a_queue_are_no_overload() {
    for (int i = 0; i < 20; i++) {
      answers(8, 0, 3_000_000);
    }
    assertEquals(256, limit.calls());
  }

  @Test
  void a_burst_of_which_one_call_did_not_wait_changes_nothing() {
    for (int i = 0; i < AdaptiveLimit.WINDOW_CALLS; i++) {
      limit.answered(now, i * 50_000L, RAN_MICROS, 30);
      now += AdaptiveLimit.WINDOW_NANOS;
    }
    assertEquals(256, limit.calls());
  }

  @Test
  void it_grows_again_only_when_it_is_used_up() {
    for (int i = 0; i < 50; i++) {
      window(limit.calls());
    }
    int found = limit.calls();
    answers(1, 0, 100);
    answers(1, 0, 100);
    assertEquals(found, limit.calls());
    for (int i = 0; i < 200; i++) {
      answers(limit.calls(), 0, 100);
    }
    assertEquals(256, limit.calls());
  }

  @Test
  void a_node_that_refuses_gets_less_and_never_less_than_the_least() {
    limit.refused(100);
    assertEquals(90, limit.calls());
    for (int i = 0; i < 100; i++) {
      limit.refused(10);
    }
    assertEquals(4, limit.calls());
  }

  @Test
  void time_without_calls_does_not_count_as_the_time_until_a_place_is_free() {
    AdaptiveLimit two = new AdaptiveLimit(new AdaptiveLimit.Bounds(2, 2));
    long hour = 3_600_000_000_000L;
    long apart = AdaptiveLimit.WINDOW_NANOS / 4;
    two.answered(now, 0, RAN_MICROS, 1);
    now += hour;
    two.rested(now, hour);
    for (int i = 1; i < AdaptiveLimit.WINDOW_CALLS; i++) {
      now += apart;
      two.answered(now, 0, RAN_MICROS, 2);
    }
    long passed = (AdaptiveLimit.WINDOW_CALLS - 1) * apart;
    assertEquals(passed / AdaptiveLimit.WINDOW_CALLS, two.gapNanos());
  }

  @Test
  void idleness_that_began_before_a_window_does_not_shorten_it() {
    AdaptiveLimit two = new AdaptiveLimit(new AdaptiveLimit.Bounds(2, 2));
    two.answered(now, 0, RAN_MICROS, 2);
    two.rested(now, AdaptiveLimit.WINDOW_NANOS);
    for (int i = 1; i < AdaptiveLimit.WINDOW_CALLS; i++) {
      now += AdaptiveLimit.WINDOW_NANOS;
      two.answered(now, 0, RAN_MICROS, 2);
    }
    long passed = (AdaptiveLimit.WINDOW_CALLS - 1) * AdaptiveLimit.WINDOW_NANOS;
    assertEquals(passed / AdaptiveLimit.WINDOW_CALLS, two.gapNanos());
  }

  @Test
  void bounds_are_in_order() {
    assertThrows(IllegalArgumentException.class, () -> new AdaptiveLimit.Bounds(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new AdaptiveLimit.Bounds(2, 1));
  }
}
