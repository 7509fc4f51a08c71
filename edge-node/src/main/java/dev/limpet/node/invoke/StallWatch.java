package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Problem;
import dev.limpet.wasmhost.CancelToken;
import dev.limpet.wasmhost.WallLift;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time of an answer that streams. Until its first byte leaves the wall limit of the function
 * bounds it; from then on it may go on for as long as something moves: a byte of the request that
 * the guest reads, or a byte of the answer that its caller takes. When nothing has moved for the
 * limit, the Execution is cancelled and its answer cut.
 *
 * <p>The guest's thread and the answer's flushes say what moves; the timer's thread looks.
 */
final class StallWatch implements HeldAnswer.Progress, AutoCloseable {
  /** Longer than links and people pause; a stream with nothing to say sends a comment. */
  static final Duration MAX_STALL = Duration.ofSeconds(10);

  private final Duration limit;
  private final Alarms alarms;
  private final CancelToken cancel;
  private final WallLift wall = new WallLift();
  private volatile long movedNanos;
  private volatile boolean stalled;
  private @Nullable Runnable takeBack;
  private boolean closed;

  /**
   * A watch that has not begun.
   *
   * @param limit without a byte in either direction
   * @param cancel ends the Execution
   */
  StallWatch(Duration limit, Alarms alarms, CancelToken cancel) {
    this.limit = limit;
    this.alarms = alarms;
    this.cancel = cancel;
  }

  /** What it takes off the Execution when the answer begins. */
  WallLift wall() {
    return wall;
  }

  @Override
  public void began() {
    wall.lift();
    moved();
    lookAfter(limit);
  }

  @Override
  public void moved() {
    movedNanos = alarms.nanos();
  }

  /** Says the same, and does something more when the answer begins. */
  HeldAnswer.Progress andThen(Runnable begins) {
    return new HeldAnswer.Progress() {
      @Override
      public void began() {
        begins.run();
        StallWatch.this.began();
      }

      @Override
      public void moved() {
        StallWatch.this.moved();
      }
    };
  }

  private synchronized void lookAfter(Duration time) {
    if (!closed) {
      takeBack = alarms.after(time, this::look);
    }
  }

  private void look() {
    Duration left = limit.minusNanos(alarms.nanos() - movedNanos);
    if (left.isPositive()) {
      lookAfter(left);
    } else {
      stalled = true;
      cancel.cancel();
    }
  }

  /** Whether it has cancelled the Execution. */
  boolean isStalled() {
    return stalled;
  }

  /** Why it did. */
  Problem problem() {
    return Problem.of(
        ErrorCode.OUT_OF_TIME,
        "the answer stood still: for "
            + limit.toMillis()
            + " ms no byte of it was taken, and none of its request read");
  }

  /** The same stream; bytes that are read of it count as movement. */
  InputStream watch(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int read = in.read(target, offset, length);
        if (read > 0) {
          moved();
        }
        return read;
      }
    };
  }

  /** The Execution has ended. */
  @Override
  public synchronized void close() {
    closed = true;
    Runnable pending = takeBack;
    if (pending != null) {
      pending.run();
    }
  }
}
