package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.Budget;
import dev.limpet.wasmhost.engine.GuestStopped;
import dev.limpet.wasmhost.engine.InstancePool;
import dev.limpet.wasmhost.engine.LoadedModule;
import dev.limpet.wasmhost.engine.RunPermit;
import dev.limpet.wasmhost.engine.Shortness;
import dev.limpet.wasmhost.engine.StopReason;
import dev.limpet.wasmhost.engine.StopSignal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls that are likely to be short on the thread that asks for them. Two changes of threads
 * cost more than such a guest does.
 *
 * <p>It is a try. When its slice of fuel is used up and the time of a short call is over, the try
 * is, too; it gets a part of the depth, and a few kilobytes for its output, which nobody sees
 * before it has ended; it finds its whole input in memory, no data, and nothing to wait for. When
 * it ends by itself the call has ended. Whatever else happens counts for nothing, and the call runs
 * anew on a thread for guests, under all that watches there: guests are pure, so that the two
 * cannot be told apart. {@link Shortness} sees to it that few tries are in vain.
 *
 * <p>A try computes with a permit like every guest, and is not made while others wait for one.
 */
final class ShortRuns {

  /** Memory that a guest may start with: zeroing and restoring more is not short. */
  static final int MAX_SHORT_MEMORY_BYTES = 2 << 20;

  /** A longer input takes too long to copy and to charge for. */
  static final int MAX_SHORT_INPUT_BYTES = 32 << 10;

  private final GuestScheduler guests;
  private final Budget memory;
  private final InstancePool pool;

  ShortRuns(GuestScheduler guests, Budget memory, InstancePool pool) {
    this.guests = guests;
    this.memory = memory;
    this.pool = pool;
  }

  /**
   * What a try computes with.
   *
   * @param startNanos when it was asked for
   */
  private record Brief(long startNanos) implements RunPermit {
    @Override
    public void lend() {}

    @Override
    public void regain() {}

    @Override
    public void offer() {
      if (System.nanoTime() - startNanos > Shortness.ALLOWANCE_NANOS) {
        throw new GuestStopped(new StopReason.OutOfTime());
      }
    }

    @Override
    public void stopped() {}
  }

  /**
   * Tries it.
   *
   * @param startNanos when it was asked for
   * @return null when it was not tried, or in vain
   */
  @Nullable ExecutionResult run(LoadedModule module, ExecutionSpec spec, long startNanos) {
    byte[] input = spec.shortInput();
    if (input == null || !isPossible(module, spec, input) || !guests.borrow()) {
      return null;
    }
    ShortOutput output = new ShortOutput();
    ExecutionResult result;
    try {
      StopSignal signal = new StopSignal();
      signal.computesWith(new Brief(startNanos));
      result =
          attempt(
              new Admission(module, spec, signal, startNanos, startNanos),
              GuestPlace.callers(module, spec, input, output));
    } finally {
      guests.giveBack();
    }
    return result == null ? null : judged(module, result, output, spec);
  }

  private static boolean isPossible(LoadedModule module, ExecutionSpec spec, byte[] input) {
    return module.shortness().isLikely()
        && input.length <= MAX_SHORT_INPUT_BYTES
        && module.initialMemoryBytes() <= MAX_SHORT_MEMORY_BYTES
        && module.initialMemoryBytes() <= spec.limits().memoryBytes()
        && spec.mounts().isEmpty()
        && spec.script() == null
        && spec.wall().isPositive()
        && !spec.cancel().isCancelled();
  }

  /** Null when there is no instance, or no memory, without waiting or initialising. */
  private @Nullable ExecutionResult attempt(Admission admission, GuestPlace place) {
    try (Budget.Lease lease = memory.lease()) {
      InstancePool.Use use = GuestRun.use(pool, admission, lease);
      boolean has =
          use == null
              ? memory.tryStart(lease, admission.module().initialMemoryBytes())
              : use.takeIdle();
      if (has) {
        GuestRun run = new GuestRun(admission, lease, use, place);
        ExecutionResult result = run.run();
        if (counts(result.outcome())) {
          run.showLog();
        }
        return result;
      }
      if (use != null) {
        use.close();
      }
      return null;
    }
  }

  /** Whether the call has ended with it; else it is told as if it had not been tried. */
  private static boolean counts(Outcome outcome) {
    return outcome instanceof Outcome.Completed || outcome instanceof Outcome.HostFailed;
  }

  private static @Nullable ExecutionResult judged(
      LoadedModule module, ExecutionResult result, ShortOutput output, ExecutionSpec spec) {
    return switch (result.outcome()) {
      case Outcome.Completed ended -> delivered(ended, result.usage(), output, spec);
      case Outcome.HostFailed _ -> result; // nothing can be said of a second try
      case Outcome.OutOfTime _ -> null; // or its thread was stopped
      case Outcome.Trapped _,
          Outcome.OutOfFuel _,
          Outcome.OverMemory _,
          Outcome.OverOutput _,
          Outcome.NoNodeMemory _,
          Outcome.Cancelled _,
          Outcome.DataUnavailable _,
          Outcome.OutputFailed _,
          Outcome.InputFailed _ -> {
        module.shortness().wasInVain();
        yield null;
      }
    };
  }

  private static ExecutionResult delivered(
      Outcome ended, Usage usage, ShortOutput output, ExecutionSpec spec) {
    try {
      output.passTo(spec.output());
      return new ExecutionResult(ended, usage);
    } catch (IOException | RuntimeException e) {
      return new ExecutionResult(new Outcome.OutputFailed(e), usage);
    }
  }
}
