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
 * Ends calls that stand still. A caller has the limit for the next byte of its body while the call
 * waits for it, and to take some of an answer that streams.
 *
 * <p>Of an answer without an end in time, see {@link #endless}, more is asked. Until its first byte
 * leaves the wall limit of the function bounds it; from then on it may go on for as long as
 * something moves: a byte of the request that the guest reads, or a byte of the answer that its
 * caller takes. When nothing has moved for the limit, the Execution is cancelled and its answer
 * cut, whatever the guest does meanwhile.
 *
 * <p>The guest's thread and the answer's flushes say what moves; the timer's thread looks.
 */
final class StallWatch implements HeldAnswer.Progress, AutoCloseable {
  /** Longer than links and people pause; a stream with nothing to say sends a comment. */
  static final Duration MAX_STALL = Duration.ofSeconds(10);

  /** What the call waits for. */
  private enum Stall {
    BODY("the request stood still: for %d ms no byte of its body came"),
    READER("the answer stood still: for %d ms no byte of it was taken"),
    BOTH("the answer stood still: for %d ms no byte of it was taken, and none of its request read");

    private final String told;

    Stall(String told) {
      this.told = told;
    }
  }

  /** Since when, on the clock of the alarms. */
  private record Wait(Stall what, long sinceNanos) {}

  private final Duration limit;
  private final Alarms alarms;
  private final CancelToken cancel;
  private final WallLift wall = new WallLift();
  private volatile @Nullable Wait body;
  private volatile @Nullable Wait reader;
  private volatile @Nullable Wait both;
  private volatile @Nullable Stall stalled;
  private volatile boolean looks;
  private boolean isEndless;
  private @Nullable Runnable takeBack;
  private boolean closed;

  /**
   * A watch that has not begun.
   *
   * @param limit for each wait
   * @param cancel ends the Execution
   */
  StallWatch(Duration limit, Alarms alarms, CancelToken cancel) {
    this.limit = limit;
    this.alarms = alarms;
    this.cancel = cancel;
  }

  /**
   * Lets the answer go on for as long as it moves; to be said before the Execution begins.
   *
   * @return what it takes off the Execution when the answer begins
   */
  WallLift endless() {
    isEndless = true;
    return wall;
  }

  @Override
  public void began() {
    if (isEndless) {
      wall.lift();
      both = new Wait(Stall.BOTH, alarms.nanos());
    }
    look();
  }

  @Override
  public void waits() {
    if (!isEndless) {
      reader = new Wait(Stall.READER, alarms.nanos());
    }
  }

  @Override
  public void moved() {
    reader = null;
    if (both != null) {
      both = new Wait(Stall.BOTH, alarms.nanos());
    }
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
      public void waits() {
        StallWatch.this.waits();
      }

      @Override
      public void moved() {
        StallWatch.this.moved();
      }
    };
  }

  /** Looks from now on; what begins to wait later is seen in time. */
  private void look() {
    if (!looks) {
      lookFirst();
    }
  }

  private synchronized void lookFirst() {
    if (!looks) {
      looks = true;
      lookAfter(limit);
    }
  }

  private synchronized void lookAfter(Duration time) {
    if (!closed) {
      takeBack = alarms.after(time, this::lookNow);
    }
  }

  private void lookNow() {
    Wait longest = longest();
    Duration left = longest == null ? limit : limit.minusNanos(alarms.nanos() - longest.sinceNanos);
    if (longest == null || left.isPositive()) {
      lookAfter(left);
    } else {
      stalled = longest.what;
      cancel.cancel();
    }
  }

  private @Nullable Wait longest() {
    Wait ofBoth = both;
    if (ofBoth != null) {
      return ofBoth;
    }
    Wait ofBody = body;
    Wait ofReader = reader;
    return ofBody == null || (ofReader != null && ofReader.sinceNanos - ofBody.sinceNanos < 0)
        ? ofReader
        : ofBody;
  }

  /** Whether it has cancelled the Execution. */
  boolean isStalled() {
    return stalled != null;
  }

  /** Why the Execution was cancelled: because something stood still, or by somebody else. */
  Problem problem() {
    Stall what = stalled;
    return what == null
        ? Problem.of(ErrorCode.CANCELLED, "the execution was cancelled")
        : Problem.of(ErrorCode.OUT_OF_TIME, what.told.formatted(limit.toMillis()));
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
        body = new Wait(Stall.BODY, alarms.nanos());
        look();
        try {
          int read = in.read(target, offset, length);
          if (read > 0 && both != null) {
            both = new Wait(Stall.BOTH, alarms.nanos());
          }
          return read;
        } finally {
          body = null;
        }
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
