package dev.limpet.benchmarks.hot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class CostMeterTest {
  private final CostMeter meter = new CostMeter();

  private Cost measure(HotOperation.Body body) {
    return meter.measure(new HotOperation("one", Yardstick.SHA_256, 100, body));
  }

  @Test
  void twice_the_work_takes_twice_the_time_and_every_byte_is_seen() {
    Cost once = measure(Yardstick.SHA_256::run);
    Cost twice =
        measure(() -> List.of(Yardstick.SHA_256.run(), new byte[4096], Yardstick.SHA_256.run()));
    assertEquals(1, once.ratio(), 0.3);
    assertEquals(2 * once.ratio(), twice.ratio(), 0.6);
    // What the compiler leaves out of one and not yet of the other is less than this.
    assertEquals(4096 + 16, twice.bytes() - 2 * once.bytes(), 1000);
  }

  @Test
  void what_the_meter_allocates_itself_is_no_cost_of_an_operation() {
    Object same = new Object();
    // An operation that is run once a slice: a single array of the meter's would show.
    Cost nothing = meter.measure(new HotOperation("none", Yardstick.SHA_256, 1, () -> same));
    assertEquals(0, nothing.bytes());
    Cost array =
        meter.measure(new HotOperation("array", Yardstick.SHA_256, 1, () -> new byte[1000]));
    assertEquals(1016, array.bytes());
  }

  @Test
  void a_slice_has_no_fewer_bytes_than_none_and_one_small_object_is_none() {
    double[] looks = {100, 200, 900};
    assertEquals(0, CostMeter.ofSlices(new double[] {0, 150, 10_000}, looks));
    assertEquals(0, CostMeter.ofSlices(new double[] {0, 224, 10_000}, looks));
    assertEquals(32, CostMeter.ofSlices(new double[] {10_000, 232, 0}, looks));
  }

  @Test
  void work_of_the_other_thread_counts() {
    Cost handed = measure(Yardstick.HAND_OVER::run);
    Cost own = measure(Yardstick.WORDS::run);
    assertEquals(2, handed.bytes() / own.bytes(), 0.1);
  }
}
