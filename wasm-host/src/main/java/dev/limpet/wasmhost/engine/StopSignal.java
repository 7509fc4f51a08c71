package dev.limpet.wasmhost.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How others end one Execution: the watchdog, its caller, a closing sandbox. The first reason
 * counts.
 *
 * <p>The guest sees it at the next fuel slice and in long host functions ({@link #check()}). A
 * thread that blocks is reached in two ways: one that waits registers what wakes it ({@link
 * #onStop}); one that is inside a caller's stream has its thread interrupted ({@link
 * #enterBlocking}). It is interrupted nowhere else: an interrupt inside a data mount would close
 * the file channel under it for everyone.
 */
public final class StopSignal {

  private volatile @Nullable StopReason reason;
  private List<Runnable> wakers = List.of();
  private @Nullable Thread blocked;
  private volatile @Nullable RunPermit permit;

  /** Ends the Execution, unless something else already has. */
  public void stop(StopReason why) {
    List<Runnable> toRun;
    synchronized (this) {
      if (reason != null) {
        return;
      }
      reason = why;
      if (blocked != null) {
        blocked.interrupt();
      }
      toRun = wakers;
    }
    toRun.forEach(Runnable::run);
    RunPermit held = permit;
    if (held != null) {
      held.stopped();
    }
  }

  /** From here on the Execution computes with that permit; null when it computes no more. */
  public void computesWith(@Nullable RunPermit held) {
    permit = held;
  }

  /**
   * Looks at the signal, and lets others compute for a while when it is their turn.
   *
   * @throws GuestStopped when the Execution is stopped
   */
  void checkAndOffer() {
    check();
    RunPermit held = permit;
    if (held != null) {
      held.offer();
      check();
    }
  }

  /** Why it was stopped, or null while it was not. */
  public @Nullable StopReason reason() {
    return reason;
  }

  /**
   * Looks at the signal.
   *
   * @throws GuestStopped when the Execution is stopped
   */
  public void check() {
    StopReason why = reason;
    if (why != null) {
      throw new GuestStopped(why);
    }
  }

  /**
   * What tells a waiting thread, called at once when it is too late. It may be called by any
   * thread, and must be short.
   *
   * @return takes it back
   */
  public Runnable onStop(Runnable waker) {
    synchronized (this) {
      if (reason == null) {
        wakers = with(waker);
        return () -> remove(waker);
      }
    }
    waker.run();
    return () -> {};
  }

  private List<Runnable> with(Runnable waker) {
    List<Runnable> more = new ArrayList<>(wakers.size() + 1);
    more.addAll(wakers);
    more.add(waker);
    return more;
  }

  private synchronized void remove(Runnable waker) {
    List<Runnable> rest = new ArrayList<>(wakers);
    rest.remove(waker);
    wakers = rest;
  }

  /**
   * From here to {@link #leaveBlocking()} the calling thread may be interrupted, and others may
   * compute in its place.
   *
   * @throws GuestStopped when the Execution is stopped
   */
  public void enterBlocking() {
    synchronized (this) {
      check();
      blocked = Thread.currentThread();
    }
    RunPermit held = permit;
    if (held != null) {
      held.lend();
    }
  }

  /** After it the calling thread is not interrupted, and an interrupt that came late is gone. */
  public void leaveBlocking() {
    synchronized (this) {
      blocked = null;
      if (reason != null) {
        Thread.interrupted();
      }
    }
    RunPermit held = permit;
    if (held != null) {
      held.regain();
    }
  }
}
