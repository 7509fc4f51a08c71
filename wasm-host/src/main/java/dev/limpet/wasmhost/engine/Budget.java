package dev.limpet.wasmhost.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Something that all guests of the process share and that is counted: bytes of guest memory, or
 * threads. Of memory it counts arrays that exist, not limits: a guest that may use 64 MiB and uses
 * one page costs one page, and while its array is copied into a bigger one, both count.
 *
 * <p>Starts wait in the order of their arrival. A running guest that wants more never waits and
 * goes before waiting starts: only running guests give back, so holding them up could hold up all.
 */
public final class Budget {

  /** Who holds a part that it can do without. */
  @FunctionalInterface
  public interface Spare {

    /**
     * Gives up what it can do without, until it is so much. Called with the budget's lock.
     *
     * @return how much it gave up, whole pieces of its own
     */
    long give(long wanted);
  }

  private final long total;
  private final Spare spare;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Waiter> waiting = new ArrayDeque<>();
  private long held;

  /** A budget of so much, not negative. */
  public Budget(long total) {
    this(total, wanted -> 0);
  }

  /** A budget of which a part may be with somebody who can do without it. */
  public Budget(long total, Spare spare) {
    this.total = total;
    this.spare = spare;
  }

  /** How much is held now. */
  public long held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  /** How many starts wait now. */
  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** How the wait for a start ended. */
  public enum Admission {
    /** It is reserved. */
    GRANTED,
    /** The time was over, or the budget could never give so much. */
    TOO_LATE,
    /** The signal stopped the Execution. */
    STOPPED
  }

  /** Reserves so much for a start if nobody waits and there is room; false when it must wait. */
  public boolean tryStart(Lease lease, long amount) {
    lock.lock();
    try {
      if (!waiting.isEmpty() || !hasRoom(amount)) {
        return false;
      }
      held += amount;
      lease.amount += amount;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until so much can be reserved for the lease. An interrupt of the calling thread stops the
   * signal as cancelled, and stays set.
   *
   * @param deadlineNanos in terms of {@link System#nanoTime()}
   */
  public Admission await(Lease lease, long amount, long deadlineNanos, StopSignal signal) {
    if (amount > total) {
      return Admission.TOO_LATE;
    }
    if (tryStart(lease, amount)) {
      return Admission.GRANTED;
    }
    lock.lock();
    try {
      return awaitTurn(lease, new Waiter(amount, lock.newCondition()), deadlineNanos, signal);
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock, which is free while it waits. */
  private Admission awaitTurn(Lease lease, Waiter waiter, long deadlineNanos, StopSignal signal) {
    Runnable takeBack = signal.onStop(() -> wake(waiter));
    try {
      waiting.add(waiter);
      grantWaiting();
      long left = deadlineNanos - System.nanoTime();
      while (!waiter.granted) {
        if (signal.reason() != null) {
          return Admission.STOPPED;
        }
        if (left <= 0) {
          return Admission.TOO_LATE;
        }
        left = waiter.condition.awaitNanos(left);
      }
      return Admission.GRANTED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      signal.stop(new StopReason.Cancelled());
      return waiter.granted ? Admission.GRANTED : Admission.STOPPED;
    } finally {
      if (waiter.granted) {
        lease.amount += waiter.amount;
      } else {
        waiting.remove(waiter);
        grantWaiting();
      }
      takeBack.run();
    }
  }

  private void wake(Waiter waiter) {
    lock.lock();
    try {
      waiter.condition.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Grants from the head on, as far as it goes. Called with the lock. */
  private void grantWaiting() {
    Waiter head = waiting.peek();
    while (head != null && hasRoom(head.amount)) {
      held += head.amount;
      head.granted = true;
      head.condition.signal();
      waiting.remove();
      head = waiting.peek();
    }
  }

  private boolean hasRoom(long amount) {
    long missing = amount - (total - held);
    if (missing > 0) {
      held -= spare.give(missing);
    }
    return amount <= total - held;
  }

  private boolean tryReserve(long amount) {
    lock.lock();
    try {
      if (!hasRoom(amount)) {
        return false;
      }
      held += amount;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void release(long amount) {
    lock.lock();
    try {
      held -= amount;
      grantWaiting();
    } finally {
      lock.unlock();
    }
  }

  /** What others gave up that they held apart from a lease. */
  public void freed(long amount) {
    if (amount > 0) {
      release(amount);
    }
  }

  /** A lease of nothing yet. */
  public Lease lease() {
    return new Lease();
  }

  /** What one Execution holds. Used by one thread at a time. */
  public final class Lease implements AutoCloseable {
    private long amount;

    private Lease() {}

    /** Takes more, at once or not at all. */
    public boolean tryReserve(long more) {
      if (!Budget.this.tryReserve(more)) {
        return false;
      }
      amount += more;
      return true;
    }

    /** Takes more if nobody needs it: nothing is given up for it, and no start waits. */
    boolean tryReserveSpare(long more) {
      lock.lock();
      try {
        if (!waiting.isEmpty() || more > total - held) {
          return false;
        }
        held += more;
        amount += more;
        return true;
      } finally {
        lock.unlock();
      }
    }

    /** Gives back a part. */
    public void release(long part) {
      amount -= part;
      Budget.this.release(part);
    }

    /** Takes over what is reserved and was with somebody else. */
    void adopt(long reserved) {
      amount += reserved;
    }

    /** Lets somebody else hold a part from now on. */
    void handOver(long part) {
      amount -= part;
    }

    /** See {@link Budget#freed}. */
    void freed(long others) {
      Budget.this.freed(others);
    }

    /**
     * Hands a part over, unless somebody waits for it.
     *
     * @param keep takes it over, and says how much it gave up, of this or of what it had; called
     *     with the budget's lock
     */
    void leave(long part, LongSupplier keep) {
      lock.lock();
      try {
        if (waiting.isEmpty()) {
          amount -= part;
          held -= keep.getAsLong();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Gives back all. */
    @Override
    public void close() {
      release(amount);
    }
  }

  private static final class Waiter {
    private final long amount;
    private final Condition condition;
    private boolean granted;

    Waiter(long amount, Condition condition) {
      this.amount = amount;
      this.condition = condition;
    }
  }
}
