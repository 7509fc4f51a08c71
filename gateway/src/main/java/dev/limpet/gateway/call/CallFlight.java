package dev.limpet.gateway.call;

import io.vertx.core.Context;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that others wait for, because theirs are equal. When its caller leaves it goes on for
 * them, until the last one has left. Callers are on event loops of their own; the state is guarded
 * by this object, and nothing is run while it is held.
 */
final class CallFlight {
  private final List<Waiting> waiting = new ArrayList<>();
  private final Budget budget;
  private @Nullable Runnable unwanted;
  private boolean over;
  private int node;

  /** Of a call that may use so much. */
  CallFlight(Budget budget) {
    this.budget = budget;
  }

  /**
   * What a call may use.
   *
   * @param millis from its beginning
   * @param fetchBytes that may travel for it
   */
  record Budget(long millis, long fetchBytes) {
    /** Whether a call with this fails for want of it only where the other would fail, too. */
    boolean covers(Budget other) {
      return millis >= other.millis && fetchBytes >= other.fetchBytes;
    }
  }

  /** Whether a call with such a budget may wait for this one. */
  boolean isFor(Budget other) {
    return budget.covers(other);
  }

  /** Where it runs: equal calls find an answer of up to 1 MiB there, or wait there. */
  synchronized void at(int mark) {
    node = mark;
  }

  /** Mark of the node where equal calls are best made; 0: anywhere. */
  synchronized int node() {
    return node;
  }

  /**
   * One who waits.
   *
   * @param context its event loop
   * @param wake what to do there at the end
   */
  record Waiting(Context context, Runnable wake) {}

  /** Waits; false when it is over. */
  synchronized boolean join(Waiting one) {
    if (!over) {
      waiting.add(one);
    }
    return !over;
  }

  /** Waits no longer. */
  void leave(Waiting one) {
    Runnable stop = null;
    synchronized (this) {
      if (waiting.remove(one) && waiting.isEmpty()) {
        stop = unwanted;
      }
    }
    if (stop != null) {
      stop.run();
    }
  }

  /**
   * The caller who began it has left.
   *
   * @param stop run when nobody waits for it any more, at once when nobody does
   */
  void leaderLeaves(Runnable stop) {
    synchronized (this) {
      if (!waiting.isEmpty()) {
        unwanted = stop;
        return;
      }
    }
    stop.run();
  }

  /** Whether somebody waits besides the one who began it. */
  synchronized boolean isWanted() {
    return !waiting.isEmpty();
  }

  /** It is over, or nobody should wait for it; only the first time counts. */
  void end() {
    List<Waiting> all;
    Runnable stop;
    synchronized (this) {
      over = true;
      all = List.copyOf(waiting);
      waiting.clear();
      stop = unwanted;
      unwanted = null;
    }
    all.forEach(one -> one.context.runOnContext(_ -> one.wake.run()));
    if (stop != null) {
      stop.run();
    }
  }
}
