package dev.limpet.wasmhost;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Rings alarms: ends Executions whose wall time is over, sends on answers that were held back. One
 * thread for all, which only sets signals and starts threads.
 *
 * <p>Nearly every Execution ends long before its time, so setting an alarm and taking it back must
 * cost next to nothing: they do no more than enter a set and leave it. The thread looks at the set
 * in ticks while there is something in it, and for a while after; then it sleeps until it is woken.
 * So an alarm comes up to a tick late, never early.
 */
public final class Watchdog implements AutoCloseable {

  /** How late an alarm may come. */
  private static final long TICK_NANOS = 10_000_000;

  /** After so many ticks with nothing to watch, a second, the thread waits to be woken. */
  private static final int QUIET_TICKS = 100;

  private static final System.Logger LOG = System.getLogger(Watchdog.class.getName());

  private final Set<Alarm> alarms = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean closed;

  private final Runnable tick;

  /** A watchdog whose thread has that name. */
  public Watchdog(String name) {
    this(name, () -> {});
  }

  /**
   * A watchdog that does something at every tick, while there are alarms; it must be short and
   * throw nothing.
   */
  Watchdog(String name, Runnable tick) {
    this.tick = tick;
    thread = Thread.ofPlatform().name(name).daemon().start(this::watch);
  }

  /** Something to do at a time, unless it is cancelled before. */
  public final class Alarm {
    private final Runnable action;
    private final long deadlineNanos;

    private Alarm(Runnable action, long deadlineNanos) {
      this.action = action;
      this.deadlineNanos = deadlineNanos;
    }

    /** Takes it back; no effect when it has rung. */
    public void cancel() {
      alarms.remove(this);
    }
  }

  /**
   * Does something short after that time.
   *
   * @param action runs on the watchdog's thread and must not block
   * @param nanos from now; the alarm comes up to 10 ms later, never earlier
   */
  public Alarm later(Runnable action, long nanos) {
    Alarm alarm = new Alarm(action, System.nanoTime() + nanos);
    alarms.add(alarm);
    if (asleep) {
      LockSupport.unpark(thread);
    }
    return alarm;
  }

  /** Whether the thread waits to be woken, for tests. */
  boolean isAsleep() {
    return asleep;
  }

  private void watch() {
    int quiet = 0;
    while (!closed) {
      ring(System.nanoTime());
      tick.run();
      quiet = alarms.isEmpty() ? quiet + 1 : 0;
      if (quiet < QUIET_TICKS) {
        LockSupport.parkNanos(this, TICK_NANOS);
        continue;
      }
      asleep = true;
      // Whoever adds an alarm after this look sees that the thread is asleep.
      if (alarms.isEmpty() && !closed) {
        LockSupport.park(this);
      }
      asleep = false;
      quiet = 0;
    }
  }

  private void ring(long now) {
    List<Alarm> due = alarms.stream().filter(alarm -> alarm.deadlineNanos - now <= 0).toList();
    for (Alarm alarm : due) {
      if (alarms.remove(alarm)) {
        try {
          alarm.action.run();
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "an alarm failed", e);
        }
      }
    }
  }

  /** Forgets all alarms. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
