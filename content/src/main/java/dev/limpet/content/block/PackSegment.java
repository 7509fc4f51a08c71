package dev.limpet.content.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One segment file as its readers see it, and the counts that tell what it is worth.
 *
 * <p>Reads are positional and run side by side. A channel is closed under all its readers when one
 * of them is interrupted (a cancelled call); the segment then opens it again, because the file is
 * as good as before, and leaves the interrupt to the thread that it was meant for. Counts belong to
 * the store's write lock.
 */
final class PackSegment {
  /**
   * A segment is sealed at this many blocks, however small they are, so that writing its index
   * takes little memory (some 15 MB at the worst).
   */
  static final int MAX_SEGMENT_BLOCKS = 1 << 17;

  /**
   * What is read at once. The JDK keeps a buffer outside of the heap for each thread that reads, as
   * big as its biggest read: this bounds it.
   */
  private static final int READ_BYTES = 256 << 10;

  private static final Pattern NAME = Pattern.compile("segment-(\\d{10})\\.car");

  private final int number;
  private final Path file;
  private final ReadWriteLock use = new ReentrantReadWriteLock();
  private volatile @Nullable FileChannel channel;
  private volatile boolean closed;

  private volatile long end;
  private long sections;
  private long live;
  private long liveBytes;
  private boolean retired;

  PackSegment(Path directory, int number) {
    this.number = number;
    this.file = directory.resolve("segment-%010d.car".formatted(number));
  }

  /** The number in the name of a segment file, or -1 when the file is none. */
  static int numberOf(Path file) {
    Matcher matcher = NAME.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      return -1;
    }
    long number = Long.parseLong(matcher.group(1));
    return number > Integer.MAX_VALUE ? -1 : (int) number;
  }

  int number() {
    return number;
  }

  Path file() {
    return file;
  }

  Path sidecar() {
    String name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - ".car".length()) + ".idx");
  }

  // ---- counts ----

  /** Where the next section goes: the length of the file as the store knows it. */
  long end() {
    return end;
  }

  void end(long newEnd) {
    end = newEnd;
  }

  void sectionAdded() {
    sections++;
  }

  void blockGained(PackIndex.Place place) {
    live++;
    liveBytes += place.sectionLength();
  }

  void blockLost(PackIndex.Place place) {
    live--;
    liveBytes -= place.sectionLength();
  }

  boolean isDead() {
    return live == 0;
  }

  long deadBytes() {
    return end - PackSection.FILE_HEADER.length - liveBytes;
  }

  long liveBytes() {
    return liveBytes;
  }

  /** What it takes of the disk once it is sealed: the sections and the index file. */
  long diskBytes() {
    return end + PackSidecar.sizeOf(sections);
  }

  /** Nothing will be appended any more. */
  void retire() {
    retired = true;
  }

  boolean isRetired() {
    return retired;
  }

  boolean isFull(long sectionBytes, long segmentBytes) {
    if (retired) {
      return true;
    }
    boolean hasBlocks = end > PackSection.FILE_HEADER.length;
    return hasBlocks && (end + sectionBytes > segmentBytes || sections >= MAX_SEGMENT_BLOCKS);
  }

  // ---- reading ----

  /**
   * Reads a part of the file into a new array.
   *
   * @return the bytes, or null when the segment has been closed or dropped
   * @throws IOException when it cannot be read or ends before the part does
   */
  byte @Nullable [] read(long position, int length) throws IOException {
    use.readLock().lock();
    try {
      return closed ? null : readFully(position, length);
    } finally {
      use.readLock().unlock();
    }
  }

  private byte[] readFully(long position, int length) throws IOException {
    byte[] bytes = new byte[length];
    boolean interrupted = false;
    try {
      int done = 0;
      while (done < length) {
        FileChannel reading = channel();
        ByteBuffer part = ByteBuffer.wrap(bytes, done, Math.min(READ_BYTES, length - done));
        try {
          int read = reading.read(part, position + done);
          if (read < 0) {
            throw new IOException(
                "%s ends at byte %d, before the block at %d to %d"
                    .formatted(file, position + done, position, position + length));
          }
          done += read;
        } catch (ClosedChannelException e) {
          // Interrupted, here or in another reader: the file itself is well.
          interrupted |= Thread.interrupted();
          reopen(reading);
        }
      }
      return bytes;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    return open != null ? open : reopen(null);
  }

  @SuppressWarnings("ReferenceEquality") // Is it still the channel that was found closed?
  private synchronized FileChannel reopen(@Nullable FileChannel broken) throws IOException {
    FileChannel open = channel;
    if (open == null || open == broken) {
      open = FileChannel.open(file, StandardOpenOption.READ);
      channel = open;
    }
    return open;
  }

  /** Waits for its readers and closes the file; reads answer null from then on. */
  void close() throws IOException {
    use.writeLock().lock();
    try {
      closed = true;
      FileChannel open = channel;
      if (open != null) {
        open.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  /** Closes and deletes it. */
  void drop() throws IOException {
    close();
    // The index first: one without a segment is swept at the next start, the reverse costs a scan.
    Files.deleteIfExists(sidecar());
    Files.deleteIfExists(file);
  }
}
