package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.RunPermit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gives guests threads, and cores by permits: a guest computes only while it holds one of as many
 * permits as there are cores, and there are more threads than permits, so that guests who wait for
 * their callers hold up nobody.
 *
 * <p>A permit is with one of these, always: it is free, or with a worker that computes, or with one
 * that blocks and has lent it; who needs one takes it from there after {@link #LENT_NANOS}. A
 * worker that ends a turn passes its permit on to the next in turn, or begins the next call itself,
 * so that a busy node goes from guest to guest and wakes nobody in between. State is guarded by the
 * lock, which is held for a few steps only; but a worker lends its permit and takes it back by
 * {@code holds} alone.
 */
final class GuestScheduler {

  /**
   * How long a guest computes while one of another function waits. A switch costs some 10
   * microseconds.
   */
  private static final long SHARE_NANOS = 2_000_000;

  /** Writing an answer into memory takes less than this: nobody takes a permit for that. */
  private static final long LENT_NANOS = 50_000;

  /**
   * After so long a guest lets threads go first that wait for its core, as those that read requests
   * do: a kernel that has them wait until its next tick costs a call some milliseconds.
   */
  private static final long YIELD_NANOS = 100_000;

  /** The time is looked at so often: a refill of a tight loop takes a microsecond or two. */
  private static final int REFILLS_TO_LOOK = 8;

  /**
   * So long after the last call others are expected. Without others no guest yields: beside a
   * program that never rests it would get nearly nothing of its core.
   */
  private static final long SERVING_NANOS = 1_000_000_000;

  /** After so long without a guest a thread goes away. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final WaitingTurns<GuestTurn, Worker> waiting = new WaitingTurns<>();
  private final Deque<Worker> idle = new ArrayDeque<>();
  private final List<Worker> workers = new ArrayList<>();
  private final int maxThreads;
  private int free;
  private int named;
  private boolean closed;

  /** Written with the lock. */
  private volatile long calledAt = System.nanoTime();

  /** Opens with all permits free and no thread. */
  GuestScheduler(int permits) {
    this.free = permits;
    this.maxThreads = Math.max(SandboxConfig.MAX_GUESTS, permits);
  }

  /** Runs a turn as soon as there is a permit and a thread; false when it is closed. */
  boolean submit(GuestTurn turn) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      calledAt = System.nanoTime();
      if (hasThread() && takePermit()) {
        begin(turn);
      } else {
        waiting.addCall(turn.function(), turn);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes a permit for a moment, for a guest that runs on the calling thread.
   *
   * @return false when there is none, or others wait for one
   */
  boolean borrow() {
    lock.lock();
    try {
      calledAt = System.nanoTime();
      if (closed || free == 0 || waiting.size() > 0) {
        return false;
      }
      free--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives a borrowed one back, to the next in turn. */
  void giveBack() {
    lock.lock();
    try {
      if (!passOn(hasThread(), null)) {
        free++;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Forgets a turn that has not begun. */
  void remove(GuestTurn turn) {
    lock.lock();
    try {
      boolean _ = waiting.removeCall(turn.function(), turn);
    } finally {
      lock.unlock();
    }
  }

  /** Gives lent permits to those who wait; to be called every few milliseconds. */
  void tick() {
    if (waiting.size() == 0) {
      return;
    }
    lock.lock();
    try {
      while (waiting.size() > 0 && takePermit()) {
        if (!passOn(hasThread(), null)) {
          free++;
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean hasThread() {
    return !idle.isEmpty() || workers.size() < maxThreads;
  }

  /** Takes a permit that is free, or lent for long enough. */
  private boolean takePermit() {
    if (free > 0) {
      free--;
      return true;
    }
    long now = System.nanoTime();
    for (int i = 0; i < workers.size(); i++) {
      if (workers.get(i).losesLent(now)) {
        return true;
      }
    }
    return false;
  }

  /** Gives a permit in hand to the next in turn; false when there is none. */
  private boolean passOn(boolean canBegin, @Nullable Object except) {
    WaitingTurns.Next<GuestTurn, Worker> next = waiting.poll(canBegin, except);
    if (next == null) {
      return false;
    }
    if (next.begun() != null) {
      next.begun().goOn();
    }
    if (next.call() != null) {
      begin(next.call());
    }
    return true;
  }

  /** Gives a call a thread and the permit in hand. */
  private void begin(GuestTurn turn) {
    Worker worker = idle.poll();
    if (worker == null) {
      worker = new Worker();
      worker.begins(turn);
      workers.add(worker);
      Thread.ofPlatform()
          .name("limpet-guest-" + named++)
          .daemon()
          .stackSize(WasmSandbox.GUEST_STACK_BYTES)
          .start(worker);
    } else {
      worker.begins(turn);
    }
  }

  private enum Holds {
    NOTHING,
    PERMIT,
    /** A permit that others may take. */
    LENT
  }

  /** One thread. */
  private final class Worker implements Runnable, RunPermit {
    private final Condition wakeUp = lock.newCondition();
    private final AtomicReference<Holds> holds = new AtomicReference<>(Holds.NOTHING);
    private @Nullable GuestTurn assigned;
    private @Nullable GuestTurn current;

    /** When it lent its permit: written before it does. */
    private long lentAt;

    /** When it got its permit. Written with the lock, or by its own thread. */
    private volatile long grantedAt;

    private int refills;
    private long yieldedAt = System.nanoTime();

    void begins(GuestTurn turn) {
      assigned = turn;
      goOn();
    }

    void goOn() {
      holds.set(Holds.PERMIT);
      grantedAt = System.nanoTime();
      wakeUp.signal();
    }

    /** Whether its permit was lent for long enough to be taken, and is taken now. */
    boolean losesLent(long now) {
      return holds.get() == Holds.LENT
          && now - lentAt > LENT_NANOS
          && holds.compareAndSet(Holds.LENT, Holds.NOTHING);
    }

    @Override
    public void run() {
      for (GuestTurn turn = next(); turn != null; turn = next()) {
        turn.run(this);
      }
    }

    /** Waits for a turn; null when the thread shall end. */
    private @Nullable GuestTurn next() {
      lock.lock();
      try {
        current = null;
        if (assigned == null) {
          passOnOrRest();
        }
        long left = IDLE.toNanos();
        while (assigned == null) {
          if (closed || left <= 0) {
            idle.remove(this);
            workers.remove(this);
            ended.signalAll();
            return null;
          }
          try {
            left = wakeUp.awaitNanos(left);
          } catch (InterruptedException e) {
            left = IDLE.toNanos(); // meant for the guest before, and too late for it
          }
        }
        current = assigned;
        assigned = null;
        return current;
      } finally {
        lock.unlock();
      }
    }

    /** After a turn: rests, unless the next in turn is a call, which this thread then begins. */
    private void passOnOrRest() {
      boolean has = holds.getAndSet(Holds.NOTHING) != Holds.NOTHING;
      idle.push(this); // so it is the first that a call gets
      while (has || (assigned == null && waiting.size() > 0 && takePermit())) {
        has = false;
        if (!passOn(hasThread(), null)) {
          free++;
        }
      }
    }

    /** Without the lock, like the way back: most answers are written into memory. */
    @Override
    public void lend() {
      if (holds.get() == Holds.PERMIT) {
        lentAt = System.nanoTime();
        holds.set(Holds.LENT);
      }
    }

    @Override
    public void regain() {
      if (holds.compareAndSet(Holds.LENT, Holds.PERMIT)) {
        return;
      }
      lock.lock();
      try {
        if (takePermit()) {
          goOn();
        } else {
          awaitPermit();
        }
      } finally {
        lock.unlock();
      }
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing waits for what it does
    private void yieldWhileOthersCome(long now) {
      if (now - yieldedAt >= YIELD_NANOS && now - calledAt < SERVING_NANOS) {
        yieldedAt = now;
        Thread.yield();
      }
    }

    @Override
    public void offer() {
      if (++refills % REFILLS_TO_LOOK == 0) {
        yieldWhileOthersCome(System.nanoTime());
      }
      if (waiting.size() == 0 || System.nanoTime() - grantedAt < SHARE_NANOS) {
        return;
      }
      lock.lock();
      try {
        if (holds.get() == Holds.PERMIT && passOn(hasThread(), function())) {
          holds.set(Holds.NOTHING);
          awaitPermit();
        } else {
          grantedAt = System.nanoTime(); // only calls of its own function wait
        }
      } finally {
        lock.unlock();
      }
    }

    /** Stands in line until it has a permit; one that was stopped goes on without, to its end. */
    private void awaitPermit() {
      waiting.addBegun(function(), this);
      while (holds.get() == Holds.NOTHING && !turn().isStopped()) {
        wakeUp.awaitUninterruptibly();
      }
      if (holds.get() == Holds.NOTHING) {
        boolean _ = waiting.removeBegun(function(), this);
      }
    }

    private GuestTurn turn() {
      return Objects.requireNonNull(current);
    }

    private Object function() {
      return turn().function();
    }

    @Override
    public void stopped() {
      lock.lock();
      try {
        wakeUp.signal();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Takes no more turns.
   *
   * @return whether all threads have ended in that time
   */
  boolean close(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      idle.forEach(worker -> worker.wakeUp.signal());
      long left = patience.toNanos();
      while (!workers.isEmpty() && left > 0) {
        left = ended.awaitNanos(left);
      }
      return workers.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
