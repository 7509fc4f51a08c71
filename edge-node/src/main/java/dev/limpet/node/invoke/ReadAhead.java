package dev.limpet.node.invoke;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads the block that a guest will want next while it works on the one before, when it reads a
 * file from one place on: reading from disk and hashing then cost it no time. What is read is held
 * for the guest and is no touch: what a guest is said to have touched is what it read itself.
 *
 * <p>For a block that is in memory nothing is done. One block at a time, and no further than {@link
 * #DISTANCE_BYTES} before the guest. The guest's thread alone tells what it has read.
 */
final class ReadAhead {
  /** Bytes without a jump after which a guest is taken to go on: it is not worth it for less. */
  static final long SEQUENTIAL_BYTES = 256 << 10;

  /** How far before the guest a block may begin: one block of ours, four of Kubo's. */
  static final long DISTANCE_BYTES = 1 << 20;

  private final UnixFsReader reader;
  private final Executor executor;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile @Nullable Reached reached;
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

  private void goOn(UnixFsFile from, long has) {
    Reached before = reached;
    long end = before != null && before.file().equals(from) ? before.end() : 0;
    long next = Math.max(end, Math.max(has, expected));
    boolean near = next < from.size() && next - expected < DISTANCE_BYTES;
    if (near && busy.compareAndSet(false, true)) {
      long known = endInMemory(from, next);
      if (known < 0) {
        executor.execute(() -> fetch(from, next));
      } else {
        end(from, known);
      }
    }
  }

  private long endInMemory(UnixFsFile from, long position) {
    try {
      return reader.cursor().endOfBlockInMemory(from, position);
    } catch (ContentException e) {
      return -1; // whoever reads it meets the same
    }
  }

  private void end(UnixFsFile from, long end) {
    reached = new Reached(from, end);
    busy.set(false);
  }

  private void fetch(UnixFsFile from, long next) {
    long end = from.size();
    try {
      end = reader.cursor().endOfBlock(from, next);
    } catch (ContentException e) {
      // The guest meets the same when it gets there, if ever it does. Nothing more is read ahead.
    } finally {
      end(from, end);
    }
  }
}
