package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.StopReason;
import dev.limpet.wasmhost.engine.StopSignal;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends Executions whose wall time is over. One thread for all, which only sets signals. */
final class Watchdog implements AutoCloseable {

  private final ScheduledThreadPoolExecutor timer;

  Watchdog() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("limpet-watchdog").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Stops the signal after that time unless the answer is cancelled before. */
  Future<?> watch(StopSignal signal, long nanos) {
    return timer.schedule(
        () -> signal.stop(new StopReason.OutOfTime()), nanos, TimeUnit.NANOSECONDS);
  }

  /** Does something short after that time. */
  void later(Runnable action, long nanos) {
    Future<?> _ = timer.schedule(action, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
