package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;

/**
 * Time as a guest sees it: where the Task says that it starts, a nanosecond for each tick of fuel,
 * and what the guest slept. So it moves, never back, and is the same on every run.
 */
final class VirtualClock {

  static final int REALTIME = 0;
  static final int MONOTONIC = 1;
  static final int PROCESS_CPU = 2;
  static final int THREAD_CPU = 3;

  /** A monotonic clock that starts at zero confuses runtimes that take zero for unset. */
  private static final long MONOTONIC_START = 1_000_000_000;

  private final long baseNanos;
  private long sleptNanos;

  VirtualClock(long baseNanos) {
    this.baseNanos = baseNanos;
  }

  /** Nanoseconds, unsigned; real time since 1970. */
  long now(int clock, GuestMemory memory) {
    return switch (clock) {
      case REALTIME -> saturatingAdd(baseNanos, elapsed(memory));
      case MONOTONIC -> saturatingAdd(MONOTONIC_START, elapsed(memory));
      case PROCESS_CPU, THREAD_CPU -> memory.usedFuel();
      default -> throw Errno.INVAL.error();
    };
  }

  private long elapsed(GuestMemory memory) {
    return saturatingAdd(memory.usedFuel(), sleptNanos);
  }

  /** Sleeping takes no time of ours: the clock moves on. */
  void sleep(long nanos) {
    sleptNanos = saturatingAdd(sleptNanos, Math.max(0, nanos));
  }

  /** Both not negative. */
  private static long saturatingAdd(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
