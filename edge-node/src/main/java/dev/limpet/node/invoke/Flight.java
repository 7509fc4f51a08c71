package dev.limpet.node.invoke;

import dev.limpet.node.memo.MemoAnswer;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmhost.CancelToken;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of a Task that several callers wait for. The one whose call came first leads: its thread
 * runs the function and its answer streams; the others wait for the end. The run is cancelled when
 * the last of them has left. What is the leader's own (its time, its connection) fails nobody else:
 * the others then try again, and one of them leads.
 */
final class Flight {
  private final CancelToken run = new CancelToken();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Ending ending;
  private boolean leaderLeft;
  private int waiting;

  /** What a run comes to for those who wait. */
  sealed interface Ending {
    /** The answer, which is everybody's. */
    record Answered(MemoAnswer answer) implements Ending {}

    /** The function failed in a way that it would fail again. */
    record Failed(FailedRun run) implements Ending {}

    /**
     * The run had all the time that the function may have, and was not done.
     *
     * @param wall that time
     */
    record TimedOut(FailedRun run, Duration wall) implements Ending {}

    /** The leader failed in a way of its own; or the answer is in the memo. */
    record Again() implements Ending {}

    /** Its answer is too long to wait for, or streams: each runs it alone. */
    record Alone() implements Ending {}
  }

  /** Ends the run. */
  CancelToken run() {
    return run;
  }

  /**
   * Waits for the end.
   *
   * @param cancel of the caller who waits
   * @throws LimpetException {@code out-of-time}, {@code cancelled} or {@code draining}: that caller
   *     has left
   */
  Ending await(Deadline deadline, CancelToken cancel) {
    cancel.onCancel(this::wake);
    lock.lock();
    try {
      waiting++;
      long left = deadline.left().toNanos();
      while (ending == null && !cancel.isCancelled() && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (ending != null) {
        return ending;
      }
      throw cancel.isCancelled()
          ? new LimpetException(ErrorCode.CANCELLED, "the execution was cancelled")
          : Deadline.passed("while an equal call ran");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } finally {
      waiting--;
      cancelUnwanted();
      lock.unlock();
      cancel.onCancel(null);
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The leader's caller does not wait any more.
   *
   * @return whether the run goes on for others
   */
  boolean leaderLeaves() {
    lock.lock();
    try {
      leaderLeft = true;
      return !cancelUnwanted();
    } finally {
      lock.unlock();
    }
  }

  private boolean cancelUnwanted() {
    boolean unwanted = leaderLeft && (waiting == 0 || ending != null);
    if (unwanted) {
      run.cancel();
    }
    return unwanted;
  }

  /** Says what the run came to; only the first word counts. */
  void end(Ending how) {
    lock.lock();
    try {
      if (ending == null) {
        ending = how;
        changed.signalAll();
        cancelUnwanted();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Callers that wait besides the leader. */
  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }
}
