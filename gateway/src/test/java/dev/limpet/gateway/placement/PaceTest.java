package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What is learnt from what nodes say of their time. */
class PaceTest {
  private static final long RUN = CostModel.UNMEASURED_RUN_MICROS;
  private final Pace pace = new Pace();

  @Test
  void each_call_counts_an_eighth() {
    pace.learn(2005, 9000, 0);
    assertEquals((7 * RUN + 2005) / 8, pace.runMicros());
    assertEquals(CostModel.UNMEASURED_BYTES_PER_SECOND, pace.bytesPerSecond());
    pace.learn(-1, -1, 0);
    assertEquals((7 * RUN + 2005) / 8, pace.runMicros());
  }

  @Test
  void bandwidth_is_learnt_where_enough_was_fetched() {
    pace.learn(1, 1_000_000, Pace.LEAST_MEASURED_BYTES - 1);
    assertEquals(CostModel.UNMEASURED_BYTES_PER_SECOND, pace.bytesPerSecond());
    for (int i = 0; i < 100; i++) {
      pace.learn(1, 500_000, 50_000_000);
    }
    assertTrue(Math.abs(100_000_000 - pace.bytesPerSecond()) < 1000);
  }

  @Test
  void a_node_that_says_anything_stays_within_bounds() {
    for (int i = 0; i < 1000; i++) {
      pace.learn(Long.MAX_VALUE, 1, Long.MAX_VALUE);
    }
    assertTrue(pace.runMicros() <= Pace.MOST_MICROS);
    assertTrue(pace.bytesPerSecond() <= 1_000_000_000_000L);
    for (int i = 0; i < 1000; i++) {
      pace.learn(0, Long.MAX_VALUE, Pace.LEAST_MEASURED_BYTES);
    }
    assertEquals(1, pace.runMicros());
    assertEquals(1, pace.bytesPerSecond());
  }
}
