package dev.limpet.node.invoke;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

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

  /** The process's own clock, and its timer. */
  static Alarms of(ScheduledExecutorService timer) {
    return new Alarms() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public Runnable after(Duration time, Runnable action) {
        ScheduledFuture<?> pending = timer.schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
        return () -> pending.cancel(false);
      }
    };
  }
}
