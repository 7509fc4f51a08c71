package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.Budget;
import dev.limpet.wasmhost.engine.InstancePool;
import dev.limpet.wasmhost.engine.RunPermit;
import dev.limpet.wasmhost.engine.StopReason;
import dev.limpet.wasmhost.engine.StopSignal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One Execution's turn in the queue for a guest's thread. The thread that takes it reserves memory
 * and runs the guest; whoever wants the result waits for nothing else, so that a busy node passes
 * from guest to guest without waking anybody in between.
 */
final class GuestTurn {
  private final Admission admission;
  private final Budget memory;
  private final InstancePool pool;
  private final CompletableFuture<ExecutionResult> result = new CompletableFuture<>();
  private final AtomicBoolean taken = new AtomicBoolean();

  GuestTurn(Admission admission, Budget memory, InstancePool pool) {
    this.admission = admission;
    this.memory = memory;
    this.pool = pool;
  }

  /** What it is a call of: functions share the cores, not calls. */
  Object function() {
    return admission.module();
  }

  /** Whether it shall end. */
  boolean isStopped() {
    return admission.signal().reason() != null;
  }

  /** Runs the guest on this thread, which computes with that permit; throws nothing. */
  void run(RunPermit permit) {
    if (!taken.compareAndSet(false, true)) {
      return;
    }
    try {
      ExecutionResult ended = computing(permit);
      if (!result.complete(ended) && ended.outcome() instanceof Outcome.HostFailed failed) {
        unheard(failed.cause());
      }
    } catch (Throwable e) {
      if (!result.completeExceptionally(e)) { // else whoever waits for it throws it
        unheard(e);
      }
    }
  }

  /** Its caller was told before: as if this had ended the thread, which others still need. */
  private static void unheard(Throwable e) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
  }

  private ExecutionResult computing(RunPermit permit) {
    admission.signal().computesWith(permit);
    try {
      return runAndGiveBack(permit);
    } finally {
      admission.signal().computesWith(null);
    }
  }

  /** What the guest held is free before anybody hears that it has ended. */
  private ExecutionResult runAndGiveBack(RunPermit permit) {
    try (Budget.Lease bytes = memory.lease()) {
      InstancePool.Use use = GuestRun.use(pool, admission, bytes);
      Outcome refused = use != null && use.takeIdle() ? null : reserveMemory(bytes, permit);
      if (refused == null) {
        GuestRun run = new GuestRun(admission, bytes, use, GuestPlace.own(admission.spec()));
        run.showLog();
        return run.run();
      }
      if (use != null) {
        use.close();
      }
      return GuestRun.neverRan(refused, admission.start());
    }
  }

  private @Nullable Outcome reserveMemory(Budget.Lease bytes, RunPermit permit) {
    StopSignal signal = admission.signal();
    if (signal.reason() != null) {
      return GuestRun.outcomeOf(signal.reason());
    }
    long initial = admission.module().initialMemoryBytes();
    if (memory.tryStart(bytes, initial)) {
      return null;
    }
    permit.lend();
    Budget.Admission admitted = memory.await(bytes, initial, admission.deadline(), signal);
    permit.regain();
    return switch (admitted) {
      case GRANTED -> null;
      case TOO_LATE -> new Outcome.NoNodeMemory(true);
      case STOPPED ->
          signal.reason() instanceof StopReason.OutOfTime
              ? new Outcome.NoNodeMemory(true)
              : GuestRun.outcomeOf(signal.reason());
    };
  }

  /** Ends a turn that no thread has taken; false when one has. */
  boolean giveUp() {
    return taken.compareAndSet(false, true) && abandon();
  }

  /** Tells the caller, though the guest may not have ended; false when it has. */
  boolean abandon() {
    Outcome outcome = GuestRun.outcomeOf(admission.signal().reason());
    return result.complete(GuestRun.neverRan(outcome, admission.start()));
  }

  /**
   * Waits for the end; an interrupt cancels the Execution and is kept. An error that was thrown
   * around the guest, as by a JVM without memory, is thrown here as it is.
   */
  ExecutionResult await() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
          admission.signal().stop(new StopReason.Cancelled());
        } catch (ExecutionException e) {
          if (e.getCause() instanceof Error error) {
            throw error;
          }
          throw new IllegalStateException("a guest's thread failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
