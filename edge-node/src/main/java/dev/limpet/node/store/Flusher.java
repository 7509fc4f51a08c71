package dev.limpet.node.store;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.block.StoreFailedException;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Makes blocks and pins durable as the {@link SyncRule} says. Blocks come first: a pin on the disk
 * must not speak of blocks that are not.
 */
final class Flusher implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Flusher.class.getName());

  private final SyncRule rule;
  private final Blockstore blocks;
  private final PinSet pins;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("limpet-flusher").factory());

  Flusher(SyncRule rule, Blockstore blocks, PinSet pins) {
    this.rule = rule;
    this.blocks = blocks;
    this.pins = pins;
    if (rule.policy() == SyncRule.Policy.INTERVAL) {
      long millis = rule.interval().toMillis();
      var _ =
          timer.scheduleWithFixedDelay(this::flushSafely, millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Called when all blocks of a DAG are written, before it is pinned. */
  void blocksWritten() {
    if (rule.isAlways()) {
      blocks.sync();
    }
  }

  private void flushSafely() {
    try {
      flush();
    } catch (StoreFailedException e) {
      LOG.log(Level.ERROR, "what was added may not be on the disk: {0}", e.getMessage());
    }
  }

  /** Makes all that was acknowledged durable. */
  void flush() {
    blocks.sync();
    pins.sync();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    try {
      if (!timer.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.log(Level.WARNING, "the disk is very slow");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    flushSafely();
  }
}
