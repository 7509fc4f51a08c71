package dev.limpet.node.invoke;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.memo.AnswerMemo;
import dev.limpet.node.memo.MemoAnswer;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.ManifestMemo;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.MemoWish;
import dev.limpet.wasmhost.CancelToken;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.Outcome;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What calls of a node share of equal Tasks: answers that are kept, failures that would come again,
 * and runs under way. It is asked only when the caller was let in, the function is allowed here and
 * all data of the Task is here.
 */
final class MemoCalls {
  /** How long a trap is told again without a run: long enough for a caller that retries at once. */
  static final Duration MAX_TRAP_TIME = Duration.ofSeconds(10);

  /** Memory for these, mostly the logs of their functions. */
  static final long MAX_TRAP_BYTES = 1L << 20;

  private static final int TRAP_FIXED_BYTES = 512;

  private final AnswerMemo memo;
  private final ConcurrentHashMap<Cid, Flight> flights = new ConcurrentHashMap<>();
  private final Cache<Cid, FailedRun> traps =
      Caffeine.newBuilder()
          .expireAfterWrite(MAX_TRAP_TIME)
          .maximumWeight(MAX_TRAP_BYTES)
          .weigher((Cid _, FailedRun run) -> weight(run.result()))
          .executor(Runnable::run)
          .build();

  MemoCalls(AnswerMemo memo) {
    this.memo = memo;
  }

  private static int weight(ExecutionResult result) {
    long log = result.usage().log().writtenBytes() - result.usage().log().cutBytes();
    return TRAP_FIXED_BYTES + Math.toIntExact(log);
  }

  /** What the memo is to a call before it is asked: one that looks things up counts as a miss. */
  MemoState state(KnownFunction function, Invocation invocation, GuestInput input) {
    ManifestMemo says = function.manifest().effectiveMemo();
    boolean may =
        memo.isOn()
            && function.manifest().pure()
            && says != ManifestMemo.NEVER
            && invocation.memoWish() != MemoWish.NO_STORE
            && (input.isEmpty() || (says == ManifestMemo.BODY && input.isDigested()));
    return may ? MemoState.MISS : MemoState.BYPASS;
  }

  /** What a call is to do. */
  sealed interface Turn {
    /** Give this answer. */
    record Hit(MemoAnswer answer) implements Turn {}

    /** Say that the function failed. */
    record Failed(FailedRun run) implements Turn {}

    /** Run the function, and tell the recorder. */
    record Run(Recorder recorder) implements Turn {}
  }

  /**
   * Finds out what a call is to do; waits while an equal one runs.
   *
   * @throws dev.limpet.protocol.LimpetException when the caller's time is over before, or it leaves
   */
  Turn turn(Cid task, MemoWish wish, Deadline deadline, CancelToken cancel) {
    if (wish != MemoWish.USE) {
      return new Turn.Run(new Recorder(this, task, null));
    }
    long beganNanos = System.nanoTime();
    while (true) {
      Turn known = known(task);
      if (known != null) {
        return known;
      }
      Flight mine = new Flight();
      Flight other = flights.putIfAbsent(task, mine);
      if (other == null) {
        return lead(task, mine);
      }
      Turn turn = turn(task, other.await(deadline, cancel), beganNanos);
      if (turn != null) {
        return turn;
      }
    }
  }

  private @Nullable Turn known(Cid task) {
    MemoAnswer kept = memo.find(task);
    if (kept != null) {
      return new Turn.Hit(kept);
    }
    FailedRun trapped = traps.getIfPresent(task);
    return trapped == null ? null : new Turn.Failed(trapped);
  }

  /** Looks once more: an equal run may have ended just before this flight took its place. */
  private Turn lead(Cid task, Flight mine) {
    Turn known = known(task);
    if (known == null) {
      return new Turn.Run(new Recorder(this, task, mine));
    }
    end(task, mine, new Flight.Ending.Again());
    return known;
  }

  /** What the end of another's run means for a call that waits since then; null: to ask anew. */
  private @Nullable Turn turn(Cid task, Flight.Ending ending, long sinceNanos) {
    return switch (ending) {
      case Flight.Ending.Answered answered -> new Turn.Hit(answered.answer());
      case Flight.Ending.Failed failed -> new Turn.Failed(failed.run());
      case Flight.Ending.TimedOut late ->
          // who came late has not had that time; who had most of it, as all of a burst of equal
          // calls have, would only wait once more
          System.nanoTime() - sinceNanos < late.wall().toNanos() / 2
              ? null
              : new Turn.Failed(late.run());
      case Flight.Ending.Alone _ -> new Turn.Run(new Recorder(this, task, null));
      case Flight.Ending.Again _ -> null;
    };
  }

  /** A run is over, or shared no longer. */
  void end(Cid task, @Nullable Flight flight, Flight.Ending how) {
    if (flight != null) {
      flights.remove(task, flight);
      flight.end(how);
    }
  }

  /** Callers that wait for a run of that Task, besides the one that leads. */
  int waiting(Cid task) {
    Flight flight = flights.get(task);
    return flight == null ? 0 : flight.waiting();
  }

  void keep(Cid task, MemoAnswer answer) {
    memo.keep(task, answer);
  }

  /** Keeps a failure for a moment when it is the guest's own, and would come again. */
  void keep(Cid task, FailedRun run) {
    if (isTrap(run.result().outcome())) {
      traps.put(task, run);
    }
  }

  /** Whether equal Tasks fail so each time. */
  static boolean isTrap(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Trapped _, Outcome.OutOfFuel _, Outcome.OverMemory _, Outcome.OverOutput _ ->
          true;
      case Outcome.Completed _,
          Outcome.OutOfTime _,
          Outcome.Cancelled _,
          Outcome.NoNodeMemory _,
          Outcome.DataUnavailable _,
          Outcome.OutputFailed _,
          Outcome.InputFailed _,
          Outcome.HostFailed _ ->
          false;
    };
  }

  void count(MemoState state) {
    memo.count(state);
  }
}
