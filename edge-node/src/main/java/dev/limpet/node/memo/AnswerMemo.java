package dev.limpet.node.memo;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.MemoState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers of pure Tasks, by their Task ids.
 *
 * <p>Who keeps an answer hands it over and goes on: one thread writes to the disk, behind a queue
 * of bounded bytes. What waits in the queue is found as if it were on the disk; what was asked for
 * lately is found in memory. An answer for which there is no room in the queue, or on the disk, is
 * not kept, and counted. Nothing is synced: what a power cut takes is made again. What is read from
 * the disk is checked against the CID of its body before anybody gets it.
 */
public final class AnswerMemo implements AutoCloseable {
  /** Bytes of one body: a block. Longer answers are made again. */
  public static final int MAX_MEMO_ANSWER_BYTES = 1 << 20;

  /** Answers on their way to the disk. */
  static final long MAX_MEMO_WAITING_BYTES = 8L << 20;

  /** Answers that are given without reading the disk. */
  static final long MAX_MEMO_MEMORY_BYTES = 8L << 20;

  /** What an answer takes besides its head and body, about. */
  private static final int FIXED_BYTES = 512;

  private static final System.Logger LOG = System.getLogger(AnswerMemo.class.getName());

  private final @Nullable MemoFiles files;
  private final LongPredicate hasRoom;
  private final Cache<Cid, MemoAnswer> lately =
      Caffeine.newBuilder()
          .maximumWeight(MAX_MEMO_MEMORY_BYTES)
          .weigher((Cid _, MemoAnswer answer) -> Math.toIntExact(bytes(answer)))
          .executor(Runnable::run)
          .build();
  private final BlockingQueue<Cid> queue = new LinkedBlockingQueue<>();
  private final Map<Cid, MemoAnswer> waiting = new ConcurrentHashMap<>();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder bypassed = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final Thread writer;
  private volatile boolean closed;
  private boolean failing;

  private AnswerMemo(@Nullable MemoFiles files, LongPredicate hasRoom) {
    this.files = files;
    this.hasRoom = hasRoom;
    this.writer = Thread.ofPlatform().daemon().name("limpet-memo").unstarted(this::write);
  }

  /** Keeps nothing. */
  public static AnswerMemo off() {
    return new AnswerMemo(null, _ -> false);
  }

  /**
   * Opens the folder.
   *
   * @param quotaBytes on the disk; 0 keeps nothing
   * @param hasRoom whether so many bytes may be written to the disk
   * @throws UncheckedIOException when the folder cannot be used
   */
  public static AnswerMemo open(Path dir, long quotaBytes, LongPredicate hasRoom) {
    if (quotaBytes == 0) {
      return off();
    }
    int most = MemoFiles.mostEntries(Runtime.getRuntime().maxMemory());
    try {
      AnswerMemo memo = new AnswerMemo(MemoFiles.open(dir, quotaBytes, most), hasRoom);
      memo.writer.start();
      return memo;
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of kept answers cannot be used: " + dir, e);
    }
  }

  /** Whether it keeps anything. */
  public boolean isOn() {
    return files != null;
  }

  /** The answer of a Task, or null. */
  public @Nullable MemoAnswer find(Cid task) {
    MemoFiles stored = files;
    if (stored == null) {
      return null;
    }
    MemoAnswer known = lately.getIfPresent(task);
    if (known != null) {
      stored.used(task);
      return known;
    }
    MemoAnswer queued = waiting.get(task);
    if (queued != null) {
      return queued;
    }
    try {
      MemoAnswer found = stored.find(task);
      if (found != null) {
        lately.put(task, found);
      }
      return found;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a kept answer cannot be read; its function runs again", e);
      return null;
    }
  }

  /** Keeps the answer of a Task, in place of an earlier one. */
  public void keep(Cid task, MemoAnswer answer) {
    long bytes = bytes(answer);
    if (files == null || closed || answer.body().length > MAX_MEMO_ANSWER_BYTES) {
      return;
    }
    if (waitingBytes.addAndGet(bytes) > MAX_MEMO_WAITING_BYTES) {
      waitingBytes.addAndGet(-bytes);
      dropped.increment();
      return;
    }
    lately.put(task, answer);
    MemoAnswer earlier = waiting.put(task, answer);
    if (earlier != null) {
      waitingBytes.addAndGet(-bytes(earlier)); // its place in the queue is this one's
    } else {
      queue.add(task);
    }
  }

  private static long bytes(MemoAnswer answer) {
    return FIXED_BYTES + answer.headBytes() + answer.body().length;
  }

  private void write() {
    try {
      while (!closed) {
        write(queue.take());
      }
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "the node stops", e);
    }
    for (Cid task = queue.poll(); task != null; task = queue.poll()) {
      write(task);
    }
  }

  private void write(Cid task) {
    MemoAnswer answer = waiting.get(task);
    MemoFiles stored = files;
    if (answer == null || stored == null) {
      return;
    }
    try {
      if (!hasRoom.test(bytes(answer)) || !stored.append(task, answer)) {
        dropped.increment();
      }
      failing = false;
    } catch (IOException | RuntimeException e) {
      dropped.increment();
      if (!failing) {
        failing = true;
        LOG.log(Level.WARNING, "answers cannot be kept on the disk", e);
      }
    } finally {
      settle(task, answer);
    }
  }

  /** It waits no longer; what came in its place meanwhile is next. */
  private void settle(Cid task, MemoAnswer answer) {
    if (waiting.remove(task, answer)) {
      waitingBytes.addAndGet(-bytes(answer));
    } else {
      queue.add(task);
    }
  }

  /** Counts a call by what the memo was to it. */
  public void count(MemoState state) {
    switch (state) {
      case HIT -> hits.increment();
      case MISS -> misses.increment();
      case BYPASS -> bypassed.increment();
    }
  }

  /** Calls that were counted. */
  public long counted(MemoState state) {
    return switch (state) {
      case HIT -> hits.sum();
      case MISS -> misses.sum();
      case BYPASS -> bypassed.sum();
    };
  }

  /** Answers for which there was no room. */
  public long dropped() {
    return dropped.sum();
  }

  /** Answers on the disk. */
  public long entries() {
    return files == null ? 0 : files.entries();
  }

  /** Bytes of these. */
  public long storedBytes() {
    return files == null ? 0 : files.storedBytes();
  }

  /** Writes what waits, and keeps nothing more. */
  @Override
  public void close() {
    closed = true;
    if (files == null) {
      return;
    }
    writer.interrupt();
    try {
      writer.join();
      files.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
