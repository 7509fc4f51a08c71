package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.PassingFile;
import dev.limpet.node.memo.AnswerMemo;
import dev.limpet.node.memo.MemoAnswer;
import dev.limpet.wasmhost.CancelToken;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes down the answer of a run, so that it can be given again: to callers who wait for the same,
 * and later. The guest's thread writes through it; the invocation's thread tells how it ended.
 * {@link #close} lets those go who would otherwise wait for a run that never was.
 */
final class Recorder implements AutoCloseable {
  private static final int FIRST_BYTES = 512;

  private final MemoCalls calls;
  private final Cid task;
  private final @Nullable Flight flight;
  private volatile byte[] taken = new byte[0];
  private volatile int count;
  private volatile boolean tooLong;

  /**
   * A recorder of a run that has not begun.
   *
   * @param flight what others wait for, or null when this run is its caller's alone
   */
  Recorder(MemoCalls calls, Cid task, @Nullable Flight flight) {
    this.calls = calls;
    this.task = task;
    this.flight = flight;
  }

  /**
   * What ends the run when its caller leaves; with others who wait, the last of them.
   *
   * @param caller's own word
   */
  CancelToken cancelOf(CancelToken caller) {
    Flight shared = flight;
    if (shared == null) {
      return caller;
    }
    caller.onCancel(
        () -> {
          boolean _ = shared.leaderLeaves();
        });
    return shared.run();
  }

  /** Takes down what goes to the caller; when that one has gone, it goes on for the others. */
  OutputStream through(OutputStream caller) {
    return new Tee(caller);
  }

  /** The answer streams, and nobody should wait for the end of a stream. */
  void shareNoMore() {
    calls.end(task, flight, new Flight.Ending.Alone());
  }

  /** All that the guest wrote, or null when it was too much; the caller may have less. */
  @Nullable AnsweredBody body() {
    return tooLong ? null : new AnsweredBody(PassingFile.cidOf(taken, 0, count), count);
  }

  /** The run has ended well, with an answer that may be kept. */
  void succeeded(AnswerHead head, ExecutionResult result, @Nullable Cid receipt) {
    if (tooLong) {
      return;
    }
    MemoAnswer answer =
        new MemoAnswer(
            head.status(),
            head.contentType(),
            head.lines(),
            Arrays.copyOf(taken, count),
            new MemoAnswer.Origin(
                head.execution(),
                result.usage().fuel(),
                result.usage().peakMemoryBytes(),
                receipt));
    calls.keep(task, answer);
    calls.end(task, flight, new Flight.Ending.Answered(answer));
  }

  /**
   * The run has failed.
   *
   * @param wall the time that the function may have, when the run had all of it; null when its
   *     caller gave it less: then the others may give more
   */
  void failed(FailedRun run, @Nullable Duration wall) {
    calls.keep(task, run);
    calls.end(
        task,
        flight,
        switch (run.result().outcome()) {
          case Outcome.Trapped _,
              Outcome.OutOfFuel _,
              Outcome.OverMemory _,
              Outcome.OverOutput _,
              Outcome.Completed _ ->
              new Flight.Ending.Failed(run);
          case Outcome.OutOfTime _ ->
              wall == null ? new Flight.Ending.Again() : new Flight.Ending.TimedOut(run, wall);
          case Outcome.Cancelled _, Outcome.OutputFailed _ -> new Flight.Ending.Again();
          case Outcome.NoNodeMemory _,
              Outcome.DataUnavailable _,
              Outcome.InputFailed _,
              Outcome.HostFailed _ ->
              new Flight.Ending.Alone();
        });
  }

  /** There is nothing to give again; those who wait need not wait for each other. */
  @Override
  public void close() {
    shareNoMore();
  }

  private void take(byte[] source, int offset, int length) {
    if (tooLong) {
      return;
    }
    int needed = count + length;
    if (needed > AnswerMemo.MAX_MEMO_ANSWER_BYTES) {
      tooLong = true;
      taken = new byte[0];
      shareNoMore();
      return;
    }
    byte[] room = taken;
    if (needed > room.length) {
      room = Arrays.copyOf(room, Math.max(needed, Math.max(FIRST_BYTES, room.length * 2)));
      taken = room;
    }
    System.arraycopy(source, offset, room, count, length);
    count = needed;
  }

  private boolean goesOnWithoutCaller() {
    return flight != null && flight.leaderLeaves();
  }

  private final class Tee extends OutputStream {
    private final OutputStream caller;
    private boolean callerGone;

    Tee(OutputStream caller) {
      this.caller = caller;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      take(source, offset, length);
      if (callerGone && tooLong) {
        throw new IOException("nobody waits for this answer any more");
      }
      if (callerGone) {
        return;
      }
      try {
        caller.write(source, offset, length);
      } catch (IOException e) {
        if (!goesOnWithoutCaller()) {
          throw e;
        }
        callerGone = true;
      }
    }

    @Override
    public void flush() throws IOException {
      if (!callerGone) {
        caller.flush();
      }
    }
  }
}
