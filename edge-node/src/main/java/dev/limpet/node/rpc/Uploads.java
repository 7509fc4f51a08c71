package dev.limpet.node.rpc;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.unixfs.Chunker;
import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.node.http.DagsResource;
import dev.limpet.node.metrics.NodeMetrics;
import dev.limpet.node.store.KeptImport;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where commands that write put blocks: what is to be kept into the store of what is kept, all else
 * to what was fetched, where it stays until room is needed.
 */
final class Uploads {
  /** Nothing else is larger than a data set. */
  static final long MAX_UPLOAD_BYTES = 1L << 40;

  /** Uploads at the same time: each has two leaves and the names of its blocks in memory. */
  static final int MAX_RPC_UPLOADS = 8;

  /** How long the next one waits; as long as a client is silent before it is given up. */
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final NodeStore store;
  private final ReadAheads aheads;
  private final Counter dags;
  private final Counter bytes;
  private final UnreadLines.Room unread = UnreadLines.Room.ofHeap();
  private final Semaphore turns = new Semaphore(MAX_RPC_UPLOADS, true);

  Uploads(NodeStore store, NodeMetrics metrics, ReadAheads aheads) {
    this.store = store;
    this.aheads = aheads;
    this.dags = metrics.counter("limpet_node_dags_added", "DAGs that were added");
    this.bytes = metrics.counter("limpet_node_bytes_added", "Bytes of blocks that were added");
  }

  /** A turn of an upload. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits for a turn.
   *
   * @throws LimpetException {@code overloaded} when none comes
   */
  Turn turn() {
    try {
      if (turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return turns::release;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    }
    throw new LimpetException(
        Problem.of(
                ErrorCode.OVERLOADED,
                "this node takes " + MAX_RPC_UPLOADS + " uploads at once; try again")
            .withRetryAfter(RETRY_AFTER));
  }

  /** One upload. */
  interface Taking {
    /**
     * Takes all of it.
     *
     * @param sink gets the blocks
     * @param kept the same when it is to be kept, else null
     */
    void take(BlockSink sink, @Nullable KeptImport kept) throws IOException;
  }

  /**
   * Runs an upload when its turn comes. When this returns, the blocks survive a crash of the
   * machine, and the gateway knows what is new, as with other ways to add. What cannot fit is
   * refused before any of it is read.
   *
   * @param keep whether it is to be kept
   * @throws LimpetException {@code overloaded} when no turn comes
   */
  void run(boolean keep, Taking taking) throws IOException {
    try (Turn _ = turn()) {
      if (keep) {
        store.kept().requireRoom(0);
        try (KeptImport kept = store.kept().begin()) {
          taking.take(kept, kept);
        }
        DagsResource.awaitTold(store.holdings());
      } else {
        taking.take(store.fetched().sink(), null);
        store.fetched().sync();
      }
    }
  }

  void counted(ImportedRoot root) {
    counted(root.dagSize());
  }

  void counted(long dagSize) {
    dags.increment();
    bytes.increment((double) dagSize);
  }

  /** Where lines wait whose readers are still sending. */
  UnreadLines.Room unread() {
    return unread;
  }

  /** Bytes that are read while those before are worked on; to be closed. */
  InputStream ahead(InputStream in) throws IOException {
    return aheads.of(in);
  }

  /** The same of a file that is cut into leaves. */
  InputStream ahead(InputStream in, Chunker chunker) throws IOException {
    return aheads.of(in, chunker);
  }
}
