package dev.limpet.node.invoke;

import dev.limpet.wasmhost.Watchdog;
import java.time.Duration;

/** Port: time that passes, and things to do when it has. */
interface Alarms {
  /** Nanoseconds of a clock that only goes forward. */
  long nanos();

  /**
   * Does something short after that time.
   *
   * @return takes it back
   */
  Runnable after(Duration time, Runnable action);

  /** The process's own clock; alarms come up to 10 ms late. */
  static Alarms of(Watchdog watchdog) {
    return new Alarms() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public Runnable after(Duration time, Runnable action) {
        return watchdog.later(action, time.toNanos())::cancel;
      }
    };
  }
}
