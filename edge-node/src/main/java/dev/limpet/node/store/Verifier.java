package dev.limpet.node.store;

import dev.limpet.content.block.ContentException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the store while the node runs, one verification at a time, in a thread of its own that
 * rests as long as it works ({@link Pace}): it takes no more than half of a core and half of what
 * the disk can do, and passes the caches by.
 */
public final class Verifier implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Verifier.class.getName());
  private static final Duration STOP = Duration.ofSeconds(10);

  private final Work work;
  private final AtomicLong read = new AtomicLong();
  private State state = new State.None();
  private @Nullable Thread thread;
  private volatile boolean stopping;

  /** What is done. */
  @FunctionalInterface
  interface Work {
    /**
     * Verifies everything.
     *
     * @param read gets the number of bytes of each block
     * @param step called after each block; may throw to stop
     */
    StoreCheck run(LongConsumer read, Runnable step);
  }

  /** How far it has come. */
  public sealed interface State {
    /** Nobody asked since the start. */
    record None() implements State {}

    /**
     * It goes on.
     *
     * @param bytes of the blocks that were read
     */
    record Running(long bytes) implements State {}

    /**
     * It has come to its end.
     *
     * @param check what was found
     */
    record Done(StoreCheck check) implements State {}

    /**
     * It has not.
     *
     * @param reason why
     */
    record Failed(String reason) implements State {}
  }

  Verifier(Work work) {
    this.work = work;
  }

  /** Begins, unless it runs already. */
  public synchronized State begin() {
    if (!(state instanceof State.Running) && !stopping) {
      read.set(0);
      state = new State.Running(0);
      thread = Thread.ofPlatform().daemon().name("limpet-verifier").start(this::runAlone);
    }
    return state();
  }

  /** How far it has come. */
  public synchronized State state() {
    return state instanceof State.Running ? new State.Running(read.get()) : state;
  }

  /**
   * Verifies in the thread that calls, at the same pace.
   *
   * @param each gets the number of bytes of each block
   * @throws CancellationException when the store is closed
   */
  public StoreCheck run(LongConsumer each) {
    return work.run(each, new Pace(() -> stopping)::large);
  }

  private synchronized void end(State reached) {
    state = reached;
  }

  private void runAlone() {
    try {
      StoreCheck check = run(read::addAndGet);
      LOG.log(
          check.isGreen() ? Level.INFO : Level.WARNING,
          "verified the store: {0} blocks are well, {1} damaged, {2} repaired, {3} pins not whole",
          check.blocks(),
          check.damaged().size(),
          check.repaired().size(),
          check.partial().size());
      end(new State.Done(check));
    } catch (CancellationException e) {
      end(new State.None());
    } catch (ContentException e) {
      LOG.log(Level.WARNING, "the store was not verified to its end: {0}", e.getMessage());
      end(new State.Failed(String.valueOf(e.getMessage())));
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "the store was not verified to its end", e);
      end(new State.Failed("an error of the node's own; its log has it"));
    }
  }

  /** Lets the current step end. */
  @Override
  public void close() {
    stopping = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    try {
      if (running != null && !running.join(STOP)) {
        LOG.log(Level.WARNING, "the verification of the store did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
