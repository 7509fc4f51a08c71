package dev.limpet.node.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.ReceiptPage;
import dev.limpet.protocol.disk.SyncedFiles;
import dev.limpet.protocol.receipt.LogGap;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptQuery;
import dev.limpet.protocol.receipt.ReceiptValues;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.NoteSignature;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.WitnessRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The node's receipts. Who ends an Execution hands its receipt over and goes on: one thread writes
 * many at a time and signs once for all of them, behind a queue of bounded bytes. A receipt for
 * which there is no room is not promised; one that was promised and did not get into the log leaves
 * a {@link LogGap} there.
 */
public final class ReceiptLog implements ReceiptKeeper, AutoCloseable {
  /**
   * How long receipts gather before they are written: the promise of 200 ms is kept where a group,
   * and the one before it, take the disk up to 50 each. Fewer groups are fewer signatures.
   */
  private static final Duration GATHER = Duration.ofMillis(100);

  /** How often old entries are looked for when no new ones come. */
  private static final Duration SWEEP = Duration.ofMinutes(10);

  /** How long a node that stops waits for its last receipts. */
  private static final Duration LAST = Duration.ofSeconds(5);

  /** The gateway has not said yet how much of the log it knows. */
  private static final long UNKNOWN = -1;

  private static final System.Logger LOG = System.getLogger(ReceiptLog.class.getName());

  private final Parts parts;
  private final Gathering gathering;
  private final ReceiptQueue queue = new ReceiptQueue();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong appended = new AtomicLong();
  private final AtomicLong gaps = new AtomicLong();
  private final AtomicLong witnessed = new AtomicLong(UNKNOWN);
  private final CountDownLatch opened = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread writer;
  private volatile @Nullable ReceiptStore store;
  private volatile boolean keeping;
  private @Nullable LogGap due; // of the writer alone
  private boolean broken; // as well: what is on the disk may be more than what is known
  private boolean failing; // as well
  private boolean swept = true; // as well: whether nothing is left that is too old

  /**
   * What it works with.
   *
   * @param dir the folder of the log
   * @param node whose log it is
   * @param quotaBytes of entries on the disk; 0 keeps no receipts
   * @param age after which entries are removed
   * @param hasRoom whether so many bytes may be written to the disk
   * @param clock tells the time
   */
  public record Parts(
      Path dir,
      NodeIdentity node,
      long quotaBytes,
      Duration age,
      LongPredicate hasRoom,
      InstantSource clock) {}

  /** What is known of a receipt. */
  public sealed interface Found {
    /** It was promised and is not in the log yet. */
    record Pending() implements Found {}

    /**
     * It is in the log.
     *
     * @param file shows it
     */
    record Proven(ReceiptFile file) implements Found {}

    /** It was never here, is lost, or was removed. */
    record Missing() implements Found {}
  }

  /** A log that waits to be started; receipts are promised already. */
  ReceiptLog(Parts parts) {
    this(parts, (closing, time) -> closing.await(time.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** The same whose receipts gather otherwise. */
  ReceiptLog(Parts parts, Gathering gathering) {
    this.parts = parts;
    this.gathering = gathering;
    this.keeping = parts.quotaBytes() > 0;
    this.writer = Thread.ofPlatform().daemon().name("limpet-receipts").unstarted(this::write);
  }

  /** Opens the log; its folder is read on a thread of its own. */
  public static ReceiptLog open(Parts parts) {
    ReceiptLog log = new ReceiptLog(parts);
    log.start();
    return log;
  }

  void start() {
    writer.start();
  }

  @Override
  public boolean isKeeping() {
    return keeping;
  }

  @Override
  public @Nullable Cid keep(ReceiptValues receipt) {
    return keeping ? queue.offer(receipt) : null;
  }

  private void write() {
    try {
      if (open()) {
        boolean going = true;
        while (going) {
          going = turn();
        }
        end();
      }
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "the node stops", e);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the log of receipts did not close", e);
    } finally {
      keeping = false;
      abandon();
    }
  }

  /** What was promised and will not be written. */
  private void abandon() {
    queue.end();
    int left = queue.take().count();
    if (left > 0) {
      LOG.log(Level.WARNING, "{0} receipts that were promised are lost", left);
    }
    lost.addAndGet(left);
    queue.settled();
  }

  /** The last are written, and a gap before them; or the marker stays and tells of it. */
  private void end() throws IOException {
    queue.end();
    commit();
    if (due == null) {
      SyncedFiles.remove(marker());
    }
  }

  /** A file that is there while a process writes the log. */
  private Path marker() {
    return parts.dir().resolve("open");
  }

  private boolean open() {
    if (parts.quotaBytes() == 0) {
      opened.countDown();
      return false;
    }
    try {
      ReceiptStore read = ReceiptStore.open(parts.dir(), parts.node());
      if (Files.exists(marker())) {
        due = gap(read.lastWritten(), null);
      }
      SyncedFiles.replace(marker(), new byte[0]);
      store = read;
      if (due != null) {
        commit();
      }
      return true;
    } catch (IOException e) {
      keeping = false;
      LOG.log(
          Level.ERROR,
          "no receipts: the log in {0} is damaged ({1}); move that folder away, and a new log"
              + " begins at the next start",
          parts.dir(),
          e.getMessage());
      return false;
    } finally {
      opened.countDown();
    }
  }

  private LogGap gap(Instant since, @Nullable Long count) {
    return new LogGap(parts.node().peerId(), since, parts.clock().instant(), count);
  }

  /**
   * Waits for receipts and writes those that have come; false when the node stops. Between any two
   * commits a step of what is too old is removed, so that no checkpoint waits for all of it.
   */
  private boolean turn() throws InterruptedException {
    if (queue.await(swept ? SWEEP : Duration.ZERO)) {
      boolean stops = gathering.await(closing, GATHER);
      if (!queue.isEmpty()) {
        commit();
      }
      if (stops) {
        return false;
      }
    } else if (swept) {
      queue.rest();
    }
    swept = sweep();
    return true;
  }

  /** Writes what waits, and before it a gap that is due. */
  private void commit() {
    ReceiptStore open = store;
    if (open == null) {
      throw new IllegalStateException("the log is not open");
    }
    EntryBatch batch = queue.take();
    try {
      LogGap reported = due;
      if (reported != null) {
        EntryBatch gap = new EntryBatch();
        gap.add(reported.encode());
        append(open, gap);
        due = null;
        gaps.incrementAndGet();
        LOG.log(Level.WARNING, "receipts since {0} may be lost; the log says so", reported.since());
      }
      if (!batch.isEmpty()) {
        append(open, batch);
        appended.addAndGet(batch.count());
      }
      failing = false;
    } catch (IOException | RuntimeException e) {
      failed(open, batch.count(), e);
    } finally {
      queue.settled();
    }
  }

  private void append(ReceiptStore open, EntryBatch batch) throws IOException {
    if (!parts.hasRoom().test(batch.start(batch.count()))) {
      throw new IOException("there is no room on the disk"); // and nothing was touched
    }
    if (broken) {
      open.recover();
    }
    broken = true;
    open.append(batch);
    broken = false;
  }

  private void failed(ReceiptStore open, int count, Exception e) {
    if (!failing) {
      LOG.log(Level.WARNING, "receipts cannot be written", e);
    }
    failing = true;
    lost.addAndGet(count);
    LogGap before = due;
    long already = before == null || before.lost() == null ? 0 : before.lost();
    boolean counted = before == null || before.lost() != null;
    Instant since = before == null ? since(open) : before.since();
    due = gap(since, counted ? already + count : null);
  }

  private Instant since(ReceiptStore open) {
    try {
      return open.lastWritten();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nothing tells when the log was written", e);
      return Instant.EPOCH;
    }
  }

  /** A step; true when nothing is left to remove, or it cannot be removed now. */
  private boolean sweep() {
    ReceiptStore open = store;
    if (open == null || broken) {
      return true;
    }
    try {
      return open.prune(parts.quotaBytes(), parts.clock().instant(), parts.age());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "old receipts cannot be removed", e);
      return true;
    }
  }

  /**
   * Looks for a receipt.
   *
   * @throws UncheckedIOException when the disk fails, or the log is damaged
   */
  public Found find(Cid receipt) {
    if (receipt.codec() != Multicodec.DAG_CBOR || !receipt.multihash().isVerifiable()) {
      return new Found.Missing();
    }
    try {
      opened.await();
      if (queue.isPending(receipt)) {
        return new Found.Pending();
      }
      ReceiptStore open = store;
      ReceiptFile file = open == null ? null : open.find(receipt);
      return file == null ? new Found.Missing() : new Found.Proven(file);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Found.Missing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Receipts and gaps from a place on; fails when it is not open yet, or the disk fails. */
  public ReceiptPage list(ReceiptQuery wanted, long from, int limit) throws IOException {
    if (opened.getCount() > 0) {
      throw new IOException("it is not read yet; ask again");
    }
    ReceiptStore open = store;
    return open == null ? ReceiptPage.NONE : open.list(wanted, from, limit);
  }

  /**
   * Takes what the operator says of this node.
   *
   * @throws IllegalArgumentException when it does not hold
   * @throws IOException when it cannot be kept
   */
  public void enrolled(SignedNote note) throws IOException {
    ReceiptStore open = store;
    if (open != null) {
      open.vouched().enrolled(note);
      witnessed.set(UNKNOWN); // this may be another gateway, or one with another database
    }
  }

  /**
   * What the gateway should be shown of the log; null when it knows all of it, and has said so.
   * What it says that it knows counts more than what it cosigned: its database may have been set
   * back to an older backup.
   *
   * @throws IOException when the disk fails
   */
  public @Nullable WitnessRequest toWitness() throws IOException {
    ReceiptStore open = store;
    if (open == null) {
      return null;
    }
    ReceiptStore.Head seen = open.vouched().cosigned();
    long cosigned = seen == null ? 0 : seen.size();
    long known = witnessed.get();
    return cosigned == open.head().size() ? null : open.after(known == UNKNOWN ? cosigned : known);
  }

  /** The gateway knows so many entries of the log. */
  public void witnessKnows(long size) {
    witnessed.set(size);
  }

  /**
   * Takes a cosignature.
   *
   * @throws IllegalArgumentException when it is none by the operator of this node
   * @throws IOException when it cannot be kept
   */
  public void cosigned(WitnessRequest shown, NoteSignature signature) throws IOException {
    ReceiptStore open = store;
    if (open != null) {
      open.vouched().cosigned(shown.checkpoint(), signature);
      witnessed.set(Checkpoint.parse(shown.checkpoint().text()).size());
    }
  }

  /** Receipts that were written since the start. */
  public long appended() {
    return appended.get();
  }

  /** Receipts that wait to be written. */
  public long pending() {
    return queue.pending();
  }

  /** Receipts that were promised and are lost since the start. */
  public long lost() {
    return lost.get();
  }

  /** Gaps that were written into the log since the start. */
  public long gaps() {
    return gaps.get();
  }

  /** Executions for whose receipt there was no room. */
  public long dropped() {
    return queue.dropped();
  }

  /** Entries of the log, whether they are kept or not. */
  public long size() {
    ReceiptStore open = store;
    return open == null ? 0 : open.head().size();
  }

  /** Bytes of entries on the disk. */
  public long storedBytes() {
    ReceiptStore open = store;
    return open == null ? 0 : open.storedBytes();
  }

  /** Writes what waits and closes the log. */
  @Override
  public void close() {
    keeping = false;
    closing.countDown();
    queue.wake();
    try {
      if (!writer.join(LAST)) {
        LOG.log(Level.WARNING, "the disk is slow; the last receipts are lost");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
