package dev.limpet.node.invoke;

import dev.limpet.content.unixfs.PassingFile;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A guest's standard output on its way to the caller.
 *
 * <p>It is held back until the guest ends, has written {@link #MAX_HELD_BYTES}, or the time to hold
 * has passed since its first byte. As long as it is held, a guest that fails still gets a proper
 * error to its caller, and one that ends gets its whole answer out in one piece with all headers.
 * After that it streams: what the guest writes leaves at the latest so much later, without a system
 * call for each of its writes.
 *
 * <p>Three threads meet here: the guest's writes, the alarm's flush, and the invocation's own
 * thread that ends it. The lock is held while writing to the caller, so a slow caller holds up the
 * guest. Whether an answer leaves or is dropped is decided under a lock of its own, which nobody
 * holds while writing, so that the invocation's thread can cut an answer whose writer is stuck. Who
 * hears that an answer was dropped is the only one who writes to the channel; who hears that it was
 * not knows that the channel has begun.
 */
final class HeldAnswer extends OutputStream {
  /** A small answer; enough for most, small enough to have one per call in memory. */
  static final int MAX_HELD_BYTES = 64 << 10;

  /**
   * Long enough for most guests to end, too short to be noticed by a person: 50 ms with what an
   * alarm may be late.
   */
  static final Duration HOLD_TIME = Duration.ofMillis(40);

  private static final int FIRST_BYTES = 1 << 10;

  private final AnswerChannel channel;
  private final AnswerHead head;
  private final Progress progress;
  private final Runnable onLost;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Object fate = new Object();
  private byte[] held = new byte[0];
  private int heldBytes;
  private @Nullable OutputStream out;
  private @Nullable PassingFile streamed;
  private @Nullable Runnable takeFlushBack;
  private boolean ended;
  private boolean begun; // of fate
  private boolean dropped; // as well

  /**
   * When it leaves.
   *
   * @param alarms of the node
   * @param hold how long it is held, as {@link #HOLD_TIME}
   */
  record Clock(Alarms alarms, Duration hold) {}

  /** Hears how an answer that streams gets on. */
  interface Progress {
    /** Its first byte is about to leave. */
    void began();

    /** It waits for the caller's connection to take some of it. */
    void waits();

    /** The caller's connection took some of it. */
    void moved();
  }

  /**
   * Holds an answer.
   *
   * @param clock fires flushes
   * @param progress hears how it streams
   * @param onLost called when the caller turns out to be gone while the guest does not write
   */
  HeldAnswer(
      AnswerChannel channel, AnswerHead head, Clock clock, Progress progress, Runnable onLost) {
    this.channel = channel;
    this.head = head;
    this.clock = clock;
    this.progress = progress;
    this.onLost = onLost;
  }

  /** Lets the time begin for which an answer is held, though it has no byte yet. */
  void hold() {
    lock.lock();
    try {
      scheduleFlush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    lock.lock();
    try {
      if (ended) {
        throw new IOException("the answer has ended");
      }
      OutputStream open = out;
      if (open == null && heldBytes + length <= MAX_HELD_BYTES) {
        keep(source, offset, length);
      } else {
        progress.waits();
        OutputStream begun = open == null ? begin() : open;
        pass(source, offset, length);
        begun.write(source, offset, length);
        progress.moved();
      }
      scheduleFlush();
    } finally {
      lock.unlock();
    }
  }

  private void scheduleFlush() {
    if (takeFlushBack == null) {
      takeFlushBack =
          clock.alarms.after(clock.hold, () -> Thread.ofVirtual().start(this::flushNow));
    }
  }

  private void keep(byte[] source, int offset, int length) {
    int needed = heldBytes + length;
    if (heldBytes == 0) {
      held = new byte[needed]; // most answers are one write
    } else if (needed > held.length) {
      held = Arrays.copyOf(held, Math.max(needed, Math.max(FIRST_BYTES, held.length * 2)));
    }
    System.arraycopy(source, offset, held, heldBytes, length);
    heldBytes = needed;
  }

  private OutputStream begin() throws IOException {
    OutputStream opened;
    synchronized (fate) {
      if (dropped) {
        throw new IOException("the answer was dropped");
      }
      begun = true;
      opened = channel.stream(head);
    }
    out = opened;
    progress.began();
    if (heldBytes > 0) {
      pass(held, 0, heldBytes);
      opened.write(held, 0, heldBytes);
      held = new byte[0];
    }
    return opened;
  }

  private boolean isDropped() {
    synchronized (fate) {
      return dropped;
    }
  }

  private void pass(byte[] source, int offset, int length) {
    PassingFile file = streamed;
    if (file == null) {
      file = new PassingFile();
      streamed = file;
    }
    file.update(source, offset, length);
  }

  /** What was written, once, when the guest has ended. */
  AnsweredBody body() {
    lock.lock();
    try {
      PassingFile file = streamed;
      return file == null
          ? new AnsweredBody(PassingFile.cidOf(held, 0, heldBytes), heldBytes)
          : new AnsweredBody(file.cid(), file.size());
    } finally {
      lock.unlock();
    }
  }

  private void flushNow() {
    lock.lock();
    try {
      takeFlushBack = null;
      if (!ended && !isDropped()) {
        progress.waits();
        OutputStream open = out;
        (open == null ? begin() : open).flush();
        progress.moved();
      }
    } catch (IOException | RuntimeException e) {
      ended = true;
      if (!isDropped()) {
        onLost.run();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the answer cleanly, in one piece when it was held until now. */
  void finish(AnswerEnd end) throws IOException {
    lock.lock();
    try {
      if (ended) {
        throw new IOException("the caller has gone");
      }
      ended = true;
      cancelFlush();
      if (out == null) {
        channel.whole(head, end, new AnswerChannel.Held(held, heldBytes));
      } else {
        channel.finish(end);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops what is held, so that an error can be answered instead.
   *
   * @return false when it is too late for that: the channel has begun, and the answer can only be
   *     cut
   */
  boolean drop() {
    synchronized (fate) {
      if (begun) {
        return false;
      }
      dropped = true;
    }
    if (lock.tryLock()) { // else a flush is on its way, which finds it dropped
      try {
        ended = true;
        cancelFlush();
      } finally {
        lock.unlock();
      }
    }
    return true;
  }

  private void cancelFlush() {
    Runnable takeBack = takeFlushBack;
    if (takeBack != null) {
      takeBack.run();
      takeFlushBack = null;
    }
  }
}
