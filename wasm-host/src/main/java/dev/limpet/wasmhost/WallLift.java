package dev.limpet.wasmhost;

import org.jspecify.annotations.Nullable;

/**
 * Takes the wall time off one Execution while it runs, for good: whoever lifts it sees to it by
 * other means that the Execution ends. Safe for use by many threads.
 */
public final class WallLift {

  private boolean lifted;
  private @Nullable Runnable listener;

  /** From now on only {@link CancelToken} ends the Execution from outside. */
  public void lift() {
    Runnable toRun;
    synchronized (this) {
      lifted = true;
      toRun = listener;
      listener = null;
    }
    if (toRun != null) {
      toRun.run();
    }
  }

  /** One listener, called at once when it is too late. */
  void onLift(Runnable newListener) {
    synchronized (this) {
      if (!lifted) {
        listener = newListener;
        return;
      }
    }
    newListener.run();
  }
}
