package dev.limpet.wasmhost;

import org.jspecify.annotations.Nullable;

/** Ends one Execution from outside, at once and for good. Safe for use by many threads. */
public final class CancelToken {

  private boolean cancelled;
  private @Nullable Runnable listener;

  /** Ends the Execution with {@link Outcome.Cancelled}; no effect when it has ended, or twice. */
  public void cancel() {
    Runnable toRun;
    synchronized (this) {
      if (cancelled) {
        return;
      }
      cancelled = true;
      toRun = listener;
      listener = null;
    }
    if (toRun != null) {
      toRun.run();
    }
  }

  /** Whether {@link #cancel()} was called. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /**
   * Calls this when it is cancelled, or at once when it was. There is one listener: a new one takes
   * its place, and null takes it away. An Execution sets its own while it runs.
   */
  public void onCancel(@Nullable Runnable newListener) {
    synchronized (this) {
      if (!cancelled) {
        listener = newListener;
        return;
      }
    }
    if (newListener != null) {
      newListener.run();
    }
  }
}
