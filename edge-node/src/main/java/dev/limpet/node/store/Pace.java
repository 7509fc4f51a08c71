package dev.limpet.node.store;

import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Lets long work go in small steps beside traffic: it works for two milliseconds and rests for as
 * long as it has worked, so that it never takes more than half of a core.
 *
 * <p>For use by one thread.
 */
final class Pace {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** A rest after a step that took unusually long is not as long. */
  private static final long LONGEST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Looking at the clock costs as much as a small piece of work. */
  private static final int PIECES_A_LOOK = 16;

  private final BooleanSupplier stopping;
  private long began = System.nanoTime();
  private int pieces;

  /** Ends by itself when that is true. */
  Pace(BooleanSupplier stopping) {
    this.stopping = stopping;
  }

  /**
   * A small piece of work was done.
   *
   * @throws CancellationException when the work is to stop
   */
  void small() {
    pieces++;
    if (pieces % PIECES_A_LOOK == 0) {
      large();
    }
  }

  /**
   * A piece of work was done that may have taken long.
   *
   * @throws CancellationException when the work is to stop
   */
  void large() {
    if (stopping.getAsBoolean()) {
      throw new CancellationException("stopping");
    }
    long worked = System.nanoTime() - began;
    if (worked >= STEP_NANOS) {
      LockSupport.parkNanos(Math.min(worked, LONGEST_REST_NANOS));
      began = System.nanoTime();
    }
  }
}
