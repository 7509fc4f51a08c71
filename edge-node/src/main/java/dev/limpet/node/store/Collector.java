package dev.limpet.node.store;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackSweep;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives back the space of blocks that no pin reaches: after an unpin, after an upload that failed,
 * and at the start for what a killed process left. It marks what the pins reach, reading inner
 * nodes only, deletes the rest, except what an upload needs ({@link Intakes}), and copies what
 * lives out of segments that are mostly dead. All of that goes in small steps ({@link Pace}); reads
 * and uploads go on. When a pinned DAG is damaged nothing is deleted: what lies below the damage
 * cannot be told from garbage.
 */
public final class Collector implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Collector.class.getName());
  private static final long STOP_SECONDS = 10;

  /** What is copied in one step when space is given back: a millisecond of work. */
  private static final long COPIED_AT_ONCE = 256 << 10;

  private final PackBlockstore pack;
  private final Blockstore kept;
  private final PinSet pins;
  private final Holdings holdings;
  private final Intakes intakes;
  private final Queue<Holding> released = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean requested = new AtomicBoolean();
  private final Lock collecting = new ReentrantLock();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("limpet-collector").factory());
  private volatile boolean stopping;
  private volatile Runnable onSwept = () -> {};
  private volatile Predicate<Cid> elsewhere = _ -> false;

  /**
   * What a collection has done.
   *
   * @param blocks how many were deleted
   * @param bytes how much smaller the store has become on the disk
   */
  public record Collected(long blocks, long bytes) {}

  /** What a collector works on. {@code kept} is the cache before {@code pack}. */
  record Parts(
      PackBlockstore pack, Blockstore kept, PinSet pins, Holdings holdings, Intakes intakes) {}

  Collector(Parts parts) {
    this.pack = parts.pack();
    this.kept = parts.kept();
    this.pins = parts.pins();
    this.holdings = parts.holdings();
    this.intakes = parts.intakes();
  }

  /** What a store that is not collected here has in DAGs of its own, and so stays announced. */
  void spare(Predicate<Cid> entries) {
    elsewhere = entries;
  }

  /** Says who wants to know that blocks have gone. */
  void onSwept(Runnable listener) {
    onSwept = listener;
  }

  /** A DAG whose pin has gone; it may still be part of another. */
  void released(Holding holding) {
    released.add(holding);
    request();
  }

  /** Collects soon; requests that come meanwhile are one. */
  void request() {
    if (!stopping && requested.compareAndSet(false, true)) {
      submit(this::collectSafely);
    }
  }

  /** Runs something after what was asked before; given up when the node stops. */
  void submit(Runnable work) {
    try {
      thread.execute(() -> untilStop(work));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "stopping; the next start does it", e);
    }
  }

  /** The same in small steps. */
  void submitSteps(Consumer<Pace> work) {
    submit(() -> work.accept(new Pace(() -> stopping)));
  }

  private static void untilStop(Runnable work) {
    try {
      work.run();
    } catch (CancellationException e) {
      LOG.log(Level.DEBUG, "stopping; the next start does it", e);
    }
  }

  /** What people are told when a collection ended before it deleted anything. */
  public static String nothing(ContentException e) {
    return "nothing was collected: " + e.getMessage() + "; add the damaged data again";
  }

  private void collectSafely() {
    requested.set(false);
    try {
      collect();
    } catch (ContentException e) {
      LOG.log(Level.WARNING, nothing(e));
    }
  }

  /**
   * Collects now, in the thread that calls, after what runs already.
   *
   * @return what went
   * @throws ContentException when a pinned DAG is damaged, so that nothing can go
   */
  Collected collect() {
    return collect(_ -> {});
  }

  /** The same, and each block that went is told. */
  Collected collect(Consumer<Cid> gone) {
    return alone(() -> collectAlone(gone));
  }

  /** Runs something while no collection runs, and no upload ends unnoticed, as in a collection. */
  <T> T alone(Supplier<T> work) {
    collecting.lock();
    intakes.beginCollection();
    try {
      return work.get();
    } finally {
      intakes.endCollection();
      collecting.unlock();
    }
  }

  private Collected collectAlone(Consumer<Cid> told) {
    long before = pack.storedBytes();
    Pace pace = new Pace(() -> stopping);
    PackSweep sweep = pack.beginSweep();
    for (Pin pin : pins.list()) {
      mark(pin, sweep, pace);
    }
    long gone = sweep(sweep, pace, told);
    forget(sweep, pace);
    while (pack.compact(COPIED_AT_ONCE)) {
      pace.large();
    }
    return new Collected(gone, Math.max(0, before - pack.storedBytes()));
  }

  private void mark(Pin pin, PackSweep sweep, Pace pace) {
    if (pin.kind() == PinKind.DIRECT) {
      requireHere(pin, sweep.mark(pin.root()) || pin.root().isIdentity() ? null : pin.root());
      return;
    }
    requireHere(
        pin,
        DagCheck.of(
                kept,
                pin.root(),
                cid -> {
                  boolean _ = sweep.mark(cid); // the check finds what is not here
                  pace.small();
                })
            .firstMissing());
  }

  /** Refuses to go on when something that a pin reaches is missing. */
  static void requireHere(Pin pin, @Nullable Cid missing) {
    if (missing != null) {
      throw new StoreFailedException(
          "of the pinned DAG " + pin.root() + " the block " + missing + " is missing");
    }
  }

  private long sweep(PackSweep sweep, Pace pace, Consumer<Cid> told) {
    long[] gone = {0};
    try {
      sweep.visitUnmarked(
          cid -> {
            pace.small();
            if (intakes.deleteUnlessTouched(kept, cid)) {
              gone[0]++;
              told.accept(cid);
            }
          });
    } finally {
      if (gone[0] > 0) {
        LOG.log(Level.DEBUG, "{0} blocks were collected", gone[0]);
        onSwept.run();
      }
    }
    return gone[0];
  }

  /** What was part of a DAG that is gone is announced no more, unless it is part of another. */
  private void forget(PackSweep sweep, Pace pace) {
    for (Holding entry : holdings.ofKind(HoldingKind.ENTRY)) {
      if (!sweep.isMarked(entry.cid()) && !elsewhere.test(entry.cid())) {
        holdings.remove(entry.cid(), HoldingKind.ENTRY);
        if (elsewhere.test(entry.cid())) {
          holdings.put(entry); // it was announced from there just now
        }
      }
      pace.small();
    }
    for (Holding holding = released.poll(); holding != null; holding = released.poll()) {
      if (sweep.isMarked(holding.cid())) {
        holdings.put(
            new Holding(holding.cid(), holding.size(), holding.dagSize(), true, HoldingKind.ENTRY));
      }
    }
  }

  /** Lets the current step end. */
  @Override
  public void close() {
    stopping = true;
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "the collector did not stop in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
