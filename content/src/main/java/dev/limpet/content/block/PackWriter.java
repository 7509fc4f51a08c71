package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The writing side of a {@link PackBlockstore}: the active segment, its end, and durability.
 *
 * <p>Appending, marking and sealing happen under the store's write lock; {@link #sync} does not, so
 * that blocks can be put while a flush runs. Both locks are taken in that order where both are
 * needed: sealing closes the file that a flush may be using.
 *
 * <p>Group commit: every change gets the next number in {@code written}; a flush makes all numbers
 * durable that were given when it began. Who asks while one runs waits for the next, which covers
 * all who wait; so a flush is never per caller.
 *
 * <p>After a flush failed, nobody knows what reached the disk, and asking again proves nothing: the
 * kernel reports such an error once and forgets it. The writer then refuses every change until the
 * store is opened anew, which reads and hashes what is there.
 */
final class PackWriter {
  private static final Logger LOG = System.getLogger(PackWriter.class.getName());

  /** Up to this size, length, CID and block go to the disk in one write. */
  private static final int JOINED_BYTES = 64 << 10;

  /**
   * Written since the last flush before another one begins beside the writing: so the end of a
   * segment, or of an upload, waits for this much and not for all of it.
   */
  static final int BEHIND_BYTES = 32 << 20;

  private final Path directory;
  private final long segmentBytes;
  private final PackFiles files;
  private final PackCatalog catalog;
  private final PackSegments segments;
  private final PackTombstones tombstones;
  private final byte[] joined = new byte[JOINED_BYTES];

  private int lastNumber;
  private @Nullable PackSegment active;
  private PackFiles.@Nullable Appender appender;

  /** Bytes of all sections so far. */
  private final AtomicLong appended = new AtomicLong();

  /** What that was when the last flush began. */
  private volatile long flushed;

  private final AtomicBoolean flushingBehind = new AtomicBoolean();
  private final Lock flushing = new ReentrantLock();
  private final AtomicLong written = new AtomicLong();
  private volatile boolean marksPending;
  private volatile long durable;
  private volatile @Nullable IOException failure;

  PackWriter(PackBlockstore.Parts parts, int lastNumber) {
    this.directory = parts.directory();
    this.segmentBytes = parts.options().segmentBytes();
    this.files = parts.files();
    this.catalog = parts.catalog();
    this.segments = parts.segments();
    this.tombstones = parts.tombstones();
    this.lastNumber = lastNumber;
  }

  /** Goes on in the newest segment of an earlier run. */
  void resume(PackSegment newest) throws IOException {
    // One that has its index file for good is never written again: who asks that file knows no
    // more.
    if (newest.index() == null && !newest.isFull(1, segmentBytes)) {
      appender = files.open(newest.file());
      active = newest;
    }
  }

  boolean isActive(PackSegment segment) {
    return segment == active;
  }

  /** What a section of this size will take of the disk. */
  long cost(int sectionBytes) {
    PackSegment current = active;
    return current == null || current.isFull(sectionBytes, segmentBytes)
        ? costAlone(sectionBytes)
        : sectionBytes + current.nextEntryBytes();
  }

  /** What a section takes in a segment of its own. */
  static long costAlone(int sectionBytes) {
    return (long) sectionBytes + PackSection.FILE_HEADER.length + PackSidecar.sizeOf(1);
  }

  /** Writes a block behind the others and counts it as living there. */
  PackIndex.Place append(Cid cid, byte[] block) {
    byte[] prefix = PackSection.prefixOf(cid, block.length);
    int total = prefix.length + block.length;
    PackSegment segment = roomFor(total);
    long start = segment.end();
    try {
      write(start, prefix, block);
    } catch (IOException e) {
      takeBack(start, e);
      throw new StoreFailedException(
          "cannot write to " + segment.file() + ": " + e.getMessage() + "; nothing was stored", e);
    }
    int offset = Math.toIntExact(start + prefix.length);
    PackIndex.Place place =
        new PackIndex.Place(
            segment.number(), offset, prefix.length, block.length, !cid.multihash().isKey());
    segments.charge(total + segment.nextEntryBytes());
    segment.end(start + total);
    segment.sectionAdded();
    segment.blockGained(place);
    written.incrementAndGet();
    appended.addAndGet(total);
    return place;
  }

  /** Begins a flush beside the writing when there is much for it; to be called after an append. */
  void flushWhenMuch() {
    if (appended.get() - flushed < BEHIND_BYTES || !flushingBehind.compareAndSet(false, true)) {
      return;
    }
    boolean begun = false;
    try {
      files.beside(this::flushBehind);
      begun = true;
    } finally {
      if (!begun) { // else it says so itself, and may have by now
        flushingBehind.set(false);
      }
    }
  }

  /** What fails is kept for who writes or syncs next. */
  private void flushBehind() {
    flushing.lock();
    try {
      if (failure == null && appender != null) {
        flush();
      }
    } catch (StoreFailedException e) {
      LOG.log(Level.DEBUG, "a flush beside the writing failed", e);
    } finally {
      flushing.unlock();
      flushingBehind.set(false);
    }
  }

  private void write(long start, byte[] prefix, byte[] block) throws IOException {
    PackFiles.Appender out = open();
    int total = prefix.length + block.length;
    if (total <= joined.length) {
      System.arraycopy(prefix, 0, joined, 0, prefix.length);
      System.arraycopy(block, 0, joined, prefix.length, block.length);
      out.write(start, joined, 0, total);
    } else {
      out.write(start, prefix, 0, prefix.length);
      out.write(start + prefix.length, block, 0, block.length);
    }
  }

  private PackFiles.Appender open() {
    PackFiles.Appender out = appender;
    if (out == null) {
      throw new IllegalStateException("no segment is active");
    }
    return out;
  }

  /** A write that failed half way, such as on a full disk, leaves the file as it was. */
  private void takeBack(long start, IOException cause) {
    try {
      open().truncate(start);
    } catch (IOException e) {
      e.addSuppressed(cause);
      failure = e;
    }
  }

  /** Records that the block at a place is deleted. */
  void mark(PackIndex.Place place) {
    try {
      tombstones.mark(place);
    } catch (IOException e) {
      throw new StoreFailedException(
          "cannot record a delete in " + directory + ": " + e.getMessage(), e);
    }
    segments.charge(PackTombstones.RECORD_BYTES);
    marksPending = true;
    written.incrementAndGet();
  }

  /** Shortens the log of deletes when much of it speaks of segments that are gone. */
  void forgetMarks() {
    if (!tombstones.isWorthRewriting()) {
      return;
    }
    flushing.lock();
    try {
      long before = tombstones.diskBytes();
      tombstones.forget(number -> segments.get(number) == null);
      segments.charge(tombstones.diskBytes() - before);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the log of deletes in {0} stays long: {1}", directory, e);
    } finally {
      flushing.unlock();
    }
  }

  private PackSegment roomFor(int sectionBytes) {
    PackSegment current = active;
    if (current != null && current.isFull(sectionBytes, segmentBytes)) {
      if (!catalog.hasRoom()) {
        throw new ContentLimitException(
            "the store has %d full segments, its most".formatted(SealedTable.MAX_SEALED_SEGMENTS));
      }
      seal();
      current = null;
    }
    return current != null ? current : begin();
  }

  private PackSegment begin() {
    PackSegment next = new PackSegment(directory, Math.incrementExact(lastNumber));
    PackFiles.@Nullable Appender out = null;
    try {
      out = files.open(next.file());
      out.write(0, PackSection.FILE_HEADER, 0, PackSection.FILE_HEADER.length);
      files.syncDirectory(directory);
    } catch (IOException e) {
      abandon(next, out, e);
      throw new StoreFailedException(
          "cannot begin " + next.file() + ": " + e.getMessage() + "; nothing was stored", e);
    }
    next.end(PackSection.FILE_HEADER.length);
    lastNumber = next.number();
    appender = out;
    active = next;
    segments.add(next);
    return next;
  }

  private static void abandon(
      PackSegment begun, PackFiles.@Nullable Appender out, IOException cause) {
    try {
      if (out != null) {
        out.close();
      }
      Files.deleteIfExists(begun.file());
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Ends the active segment: on the disk, with its index file, never written again. */
  void seal() {
    flushing.lock();
    try {
      flush();
      PackSegment sealed = active;
      release();
      if (sealed != null) {
        PackRecovery.writeSidecar(sealed, catalog, files);
      }
    } finally {
      flushing.unlock();
    }
  }

  /** Lets go of the active segment without making it durable: it is about to be dropped. */
  void forsake() {
    flushing.lock();
    try {
      release();
    } finally {
      flushing.unlock();
    }
  }

  private void release() {
    PackFiles.Appender out = appender;
    active = null;
    appender = null;
    flushed = appended.get();
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Returns when every change that returned before the call is on the disk. */
  void sync() {
    long target = written.get();
    if (durable >= target) {
      requireHealthy();
      return;
    }
    flushing.lock();
    try {
      if (durable < target) {
        flush();
      }
    } finally {
      flushing.unlock();
    }
  }

  private void flush() {
    requireHealthy();
    long covered = written.get();
    if (durable == covered) {
      return;
    }
    flushed = appended.get();
    try {
      if (appender != null) {
        appender.sync();
      }
      if (marksPending) {
        marksPending = false;
        tombstones.sync();
      }
    } catch (IOException e) {
      throw failed(e);
    }
    durable = covered;
  }

  private StoreFailedException failed(IOException cause) {
    failure = cause;
    return refusal(cause);
  }

  private StoreFailedException refusal(IOException cause) {
    return new StoreFailedException(
        "%s could not be written to the disk (%s): ".formatted(directory, cause.getMessage())
            + "what was stored since the last flush may be lost, nothing more is accepted; "
            + "check the disk, then start again",
        cause);
  }

  /** Throws when the disk failed before. */
  void requireHealthy() {
    IOException cause = failure;
    if (cause != null) {
      throw refusal(cause);
    }
  }

  /** Seals if the disk is well, and closes the files in any case. */
  void close() {
    if (failure == null) {
      seal();
    } else {
      forsake();
    }
  }
}
