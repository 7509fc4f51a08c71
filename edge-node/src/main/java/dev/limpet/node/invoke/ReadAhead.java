package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads the block that a guest will want next while it works on the one before, when it reads a
 * file from one place on: reading from disk and hashing then cost it no time. What is read is held
 * for the guest and is no touch: what a guest is said to have touched is what it read itself.
 *
 * <p>For a block that is in memory nothing is done. {@link #MAX_UNDER_WAY} blocks at a time, for a
 * store that is far answers two faster than one after the other, and no further than {@link
 * #DISTANCE_BYTES} before the guest. Where a node has to be read before it is known where a block
 * ends, that is read alone. The guest's thread alone tells what it has read.
 */
final class ReadAhead {
  /** Bytes without a jump after which a guest is taken to go on: it is not worth it for less. */
  static final long SEQUENTIAL_BYTES = 256 << 10;

  /** How far before the guest a block may begin: two blocks of ours, eight of Kubo's old ones. */
  static final long DISTANCE_BYTES = 2 << 20;

  /** Blocks that are read at once for one mount; a third did no more for a Kubo on two cores. */
  static final int MAX_UNDER_WAY = 2;

  private final UnixFsReader reader;
  private final Executor executor;
  private final Semaphore ways = new Semaphore(MAX_UNDER_WAY);

  /** Up to where blocks were read, or are under way. */
  private final AtomicReference<@Nullable Reached> reached = new AtomicReference<>();

  private @Nullable UnixFsFile file;
  private long expected;
  private long run;

  private record Reached(UnixFsFile file, long end) {}

  /**
   * For one mount.
   *
   * @param holding keeps what is read; safe for several threads
   * @param executor runs what is read ahead, one after the other
   */
  ReadAhead(BlockSource holding, Executor executor) {
    this.reader = new UnixFsReader(holding);
    this.executor = executor;
  }

  /**
   * The guest has read that.
   *
   * @param end of the block that it read last, which it has
   */
  void read(UnixFsFile from, long position, int length, long end) {
    if (position != expected || !from.equals(file)) {
      file = from;
      run = 0;
    }
    expected = position + length;
    run += length;
    if (run >= SEQUENTIAL_BYTES) {
      goOn(from, end);
    }
  }

  /** As many steps as ways at most: blocks may be tiny, and this is the guest's time. */
  private void goOn(UnixFsFile from, long has) {
    Reached before = reached.get();
    long end = before != null && before.file().equals(from) ? before.end() : 0;
    long next = Math.max(end, Math.max(has, expected));
    for (int step = 0; step < MAX_UNDER_WAY && isNear(from, next); step++) {
      long known = endInMemory(from, next);
      if (known < 0) {
        if (!ways.tryAcquire()) {
          return;
        }
        next = begin(from, next);
      } else {
        next = known;
        reached.set(new Reached(from, next));
      }
    }
  }

  private boolean isNear(UnixFsFile from, long next) {
    return next < from.size() && next - expected < DISTANCE_BYTES;
  }

  /** Where the next one would begin; behind the file until that is known. */
  private long begin(UnixFsFile from, long position) {
    long told = endAsTold(from, position);
    Reached now = new Reached(from, told < 0 ? from.size() : told);
    reached.set(now);
    executor.execute(() -> fetch(now, position, told < 0));
    return now.end();
  }

  private long endInMemory(UnixFsFile from, long position) {
    try {
      return reader.cursor().endOfBlockInMemory(from, position);
    } catch (ContentException e) {
      return -1; // whoever reads it meets the same
    }
  }

  private long endAsTold(UnixFsFile from, long position) {
    try {
      return reader.cursor().endOfBlockAsTold(from, position);
    } catch (ContentException e) {
      return -1; // whoever reads it meets the same
    }
  }

  private void fetch(Reached begun, long position, boolean tells) {
    try {
      long end = reader.cursor().endOfBlock(begun.file(), position);
      if (tells) {
        reached.compareAndSet(begun, new Reached(begun.file(), end));
      }
    } catch (ContentException e) {
      // The guest meets the same when it gets there, if ever it does. Nothing more is read ahead.
      reached.set(new Reached(begun.file(), begun.file().size()));
    } finally {
      ways.release();
    }
  }
}
