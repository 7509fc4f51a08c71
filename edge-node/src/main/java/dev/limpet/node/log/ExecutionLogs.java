package dev.limpet.node.log;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LogCursor;
import dev.limpet.protocol.LogItem;
import dev.limpet.wasmhost.GuestLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The logs of Executions that have ended.
 *
 * <p>Who ends an Execution hands its log over and goes on: one thread writes to the disk, behind a
 * queue of bounded bytes, so that a slow disk slows nobody down. A log for which there is no room
 * in the queue, or on the disk, is dropped and counted. What waits in the queue is found as if it
 * were on the disk.
 */
public final class ExecutionLogs implements LogKeeper, AutoCloseable {
  /** Bytes of one log: as many as the profile lets a function write; of more the middle goes. */
  public static final int MAX_LOG_BYTES = 64 << 10;

  /** Logs on their way to the disk. */
  static final long MAX_WAITING_BYTES = 4L << 20;

  /** The last part of a log that is cut in its middle. */
  private static final int TAIL_BYTES = 4 << 10;

  /** What a record takes besides its log. */
  private static final int FIXED_BYTES = 1 << 10;

  /** How often old logs are looked for when no new ones come. */
  private static final Duration SWEEP = Duration.ofMinutes(10);

  /** How long a node that stops waits for logs to be written. */
  private static final Duration LAST = Duration.ofSeconds(2);

  private static final System.Logger LOG = System.getLogger(ExecutionLogs.class.getName());

  private final Parts parts;
  private final BlockingQueue<LogRecord> queue = new LinkedBlockingQueue<>();
  private final Map<ExecutionId, LogRecord> waiting = new ConcurrentHashMap<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final LogFiles files;
  private final Thread writer;
  private long lastSequence;
  private volatile boolean closed;
  private boolean failing;

  /**
   * What it works with.
   *
   * @param dir the folder of the logs
   * @param quotaBytes on the disk; 0 keeps none
   * @param hasRoom whether so many bytes may be written to the disk
   * @param clock tells how old a log is
   */
  public record Parts(Path dir, long quotaBytes, LongPredicate hasRoom, InstantSource clock) {}

  private ExecutionLogs(Parts parts, LogFiles files) {
    this.parts = parts;
    this.files = files;
    this.lastSequence = files.lastSequence();
    this.writer = Thread.ofPlatform().daemon().name("limpet-logs").unstarted(this::write);
  }

  /**
   * Opens the folder.
   *
   * @throws UncheckedIOException when it cannot be used
   */
  public static ExecutionLogs open(Parts parts) {
    try {
      LogFiles files =
          LogFiles.open(parts.dir(), LogFiles.Limits.ofNode(parts.quotaBytes()), parts.clock());
      ExecutionLogs logs = new ExecutionLogs(parts, files);
      logs.writer.start();
      return logs;
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of the logs cannot be used: " + parts.dir(), e);
    }
  }

  @Override
  public void keep(LogItem item, GuestLog log) {
    GuestLog small = log.within(MAX_LOG_BYTES - TAIL_BYTES, TAIL_BYTES);
    long bytes = bytes(small);
    if (parts.quotaBytes() == 0 || closed || waitingBytes.get() + bytes > MAX_WAITING_BYTES) {
      dropped.incrementAndGet();
      return;
    }
    waitingBytes.addAndGet(bytes);
    synchronized (queue) { // what comes later has the greater number, for everybody who looks
      lastSequence = Math.max(lastSequence + 1, parts.clock().millis());
      LogRecord entry = new LogRecord(numbered(item, lastSequence), small);
      waiting.put(item.execution(), entry);
      queue.add(entry);
    }
  }

  private static long bytes(GuestLog log) {
    return FIXED_BYTES + log.writtenBytes() - log.cutBytes();
  }

  private static LogItem numbered(LogItem item, long sequence) {
    return new LogItem(
        item.execution(),
        item.function(),
        null,
        item.state(),
        item.startedAt(),
        item.endedAt(),
        item.error(),
        item.exitCode(),
        item.detail(),
        "",
        0,
        sequence);
  }

  private void write() {
    try {
      while (!closed) {
        LogRecord entry = queue.poll(SWEEP.toMillis(), TimeUnit.MILLISECONDS);
        if (entry == null) {
          sweep();
        } else {
          write(entry);
        }
      }
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "the node stops", e);
    }
    for (LogRecord entry = queue.poll(); entry != null; entry = queue.poll()) {
      write(entry);
    }
  }

  private void write(LogRecord entry) {
    try {
      if (parts.hasRoom().test(bytes(entry.log()))) {
        files.append(entry);
        failing = false;
      } else {
        dropped.incrementAndGet();
      }
    } catch (IOException | RuntimeException e) {
      dropped.incrementAndGet();
      if (!failing) {
        failing = true;
        LOG.log(Level.WARNING, "logs of executions cannot be written", e);
      }
    } finally {
      waiting.remove(entry.item().execution(), entry);
      waitingBytes.addAndGet(-bytes(entry.log()));
    }
  }

  private void sweep() {
    try {
      files.trim();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "old logs of executions cannot be removed", e);
    }
  }

  @Override
  public @Nullable LogRecord find(ExecutionId execution) {
    LogRecord entry = waiting.get(execution);
    try {
      return entry == null ? files.find(execution) : entry;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where a list begins.
   *
   * @param before only those that ended before it, or null
   * @param after only those with a greater sequence, or null
   */
  public record Range(@Nullable LogCursor before, @Nullable Long after) {
    boolean has(LogCursor cursor, long sequence) {
      return (before == null || cursor.compareTo(before) < 0)
          && (after == null || sequence > after);
    }

    /** Whether the list goes on from old to new. */
    public boolean isForward() {
      return after != null;
    }
  }

  /** A record, or where it stands. */
  private record Listed(
      LogCursor cursor, long sequence, @Nullable LogRecord entry, LogFiles.@Nullable Kept kept) {}

  /**
   * Takes records one by one.
   *
   * @see #list
   */
  public interface Taker {
    /** Takes one; false when it is full, and then it has not taken it. */
    boolean take(LogRecord entry);
  }

  /**
   * Gives the logs of a function to a taker: the newest first, or those after a sequence in its
   * order.
   *
   * @return whether there are more than it took
   * @throws UncheckedIOException when the disk fails
   */
  public boolean list(Cid function, Range range, Taker taker) {
    for (Listed listed : listed(function, range)) {
      LogRecord entry = read(listed);
      if (entry != null && !taker.take(entry)) {
        return true;
      }
    }
    return false;
  }

  private List<Listed> listed(Cid function, Range range) {
    List<Listed> all = new ArrayList<>();
    // The queue first: what leaves it meanwhile is then on the disk, and told by its sequence.
    for (LogRecord entry : waiting.values()) {
      LogItem item = entry.item();
      if (item.function().equals(function) && range.has(item.cursor(), item.sequence())) {
        all.add(new Listed(item.cursor(), item.sequence(), entry, null));
      }
    }
    Set<Long> seen = all.stream().map(Listed::sequence).collect(Collectors.toSet());
    files
        .list(function, kept -> range.has(kept.cursor(), kept.sequence()))
        .forEach(
            kept -> {
              if (!seen.contains(kept.sequence())) {
                all.add(new Listed(kept.cursor(), kept.sequence(), null, kept));
              }
            });
    all.sort(
        range.isForward()
            ? Comparator.comparingLong(Listed::sequence)
            : Comparator.comparing(Listed::cursor).reversed());
    return all;
  }

  private @Nullable LogRecord read(Listed listed) {
    LogFiles.Kept kept = listed.kept();
    try {
      return kept == null ? listed.entry() : files.read(kept);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes on the disk. */
  public long storedBytes() {
    return files.storedBytes();
  }

  /** Logs that are on the disk. */
  public int count() {
    return files.count();
  }

  /** Logs that were not kept for want of room. */
  public long dropped() {
    return dropped.get();
  }

  /** Writes what waits, for two seconds at most, and closes the files. */
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      if (!writer.join(LAST)) {
        LOG.log(Level.WARNING, "the disk is slow; the last logs of executions are lost");
      }
      files.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the logs of executions did not close", e);
    }
  }
}
