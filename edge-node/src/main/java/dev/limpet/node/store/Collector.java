package dev.limpet.node.store;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives back the space of blocks that no pin reaches: after an unpin, after an upload that failed,
 * and at the start for what a killed process left. It marks what the pins reach, reading inner
 * nodes only, and deletes the rest, except what an upload needs ({@link Intakes}). When a pinned
 * DAG is damaged nothing is deleted: what lies below the damage cannot be told from garbage.
 */
final class Collector implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Collector.class.getName());
  private static final long STOP_SECONDS = 10;

  private final PackBlockstore pack;
  private final Blockstore kept;
  private final PinSet pins;
  private final Holdings holdings;
  private final Intakes intakes;
  private final Queue<Holding> released = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean requested = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("limpet-collector").factory());
  private volatile boolean stopping;
  private volatile Runnable onSwept = () -> {};

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

  /** Runs something after what was asked before. */
  void submit(Runnable work) {
    try {
      thread.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "stopping; the next start collects", e);
    }
  }

  private void collectSafely() {
    requested.set(false);
    try {
      collect();
    } catch (ContentException e) {
      LOG.log(
          Level.WARNING, "nothing was collected: {0}; add the damaged data again", e.getMessage());
    }
  }

  private void collect() {
    intakes.beginCollection();
    try {
      DigestSet marked = new DigestSet();
      for (Pin pin : pins.list()) {
        Cid missing = DagCheck.of(kept, pin.root(), marked::add).firstMissing();
        if (missing != null) {
          LOG.log(
              Level.WARNING,
              "nothing was collected: of the pinned DAG {0} the block {1} is missing",
              pin.root(),
              missing);
          return;
        }
      }
      sweep(marked);
      holdings.removeIf(HoldingKind.ENTRY, cid -> !isMarked(marked, cid));
      for (Holding holding = released.poll(); holding != null; holding = released.poll()) {
        if (isMarked(marked, holding.cid())) {
          holdings.put(
              new Holding(
                  holding.cid(), holding.size(), holding.dagSize(), true, HoldingKind.ENTRY));
        }
      }
    } finally {
      intakes.endCollection();
    }
  }

  private void sweep(DigestSet marked) {
    int[] gone = {0};
    pack.visitDigests(
        digest -> {
          if (!stopping && !marked.contains(digest) && intakes.deleteUnlessTouched(kept, digest)) {
            gone[0]++;
          }
        });
    if (gone[0] > 0) {
      LOG.log(Level.DEBUG, "{0} blocks were collected", gone[0]);
      onSwept.run();
    }
  }

  private static boolean isMarked(DigestSet marked, Cid cid) {
    return cid.isIdentity() || marked.contains(cid.multihash().digest());
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
