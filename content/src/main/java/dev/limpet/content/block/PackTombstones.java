package dev.limpet.content.block;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.zip.CRC32C;

/**
 * The blocks that were deleted from segments that still exist: a log of places, twelve bytes each
 * (segment, offset, CRC-32C of both), appended by deletes and made durable by sync.
 *
 * <p>A place, not a digest, is marked dead: the same block put again lies elsewhere and lives. This
 * holds only as long as no place is used twice, so a start forgets marks of segments that are gone
 * and marks behind the end of a segment that was cut, and makes that durable before anything is
 * appended; and no segment gets a number at or below that of a mark.
 */
final class PackTombstones implements AutoCloseable {
  /** What one mark takes of the disk. */
  static final int RECORD_BYTES = 12;

  /** Below this the log is not worth shortening while the store runs. */
  private static final long SMALL_BYTES = 64 << 10;

  private static final int CHECKED_BYTES = 8;
  private static final int BUFFER = 64 << 10;

  private final Path file;
  private final PackFiles files;
  private PackFiles.Appender appender;

  /** Sorted; the segment in the upper half, the offset in the lower. Empty after the start. */
  private long[] marks = {};

  private boolean damaged;
  private long end;
  private long endWhenRewritten;

  private PackTombstones(Path file, PackFiles files, PackFiles.Appender appender) {
    this.file = file;
    this.files = files;
    this.appender = appender;
  }

  static PackTombstones open(Path file, PackFiles files) throws IOException {
    PackTombstones tombstones = new PackTombstones(file, files, files.open(file));
    tombstones.marks = tombstones.load();
    return tombstones;
  }

  private long[] load() throws IOException {
    end = Files.size(file);
    long[] found = new long[Math.toIntExact(end / RECORD_BYTES)];
    int count = 0;
    // Not a channel, which an interrupt would close.
    try (InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()), BUFFER)) {
      for (int i = 0; i < found.length; i++) {
        ByteBuffer record = ByteBuffer.wrap(in.readNBytes(RECORD_BYTES));
        if (record.getInt(CHECKED_BYTES) == crc(record.array())) {
          found[count++] = record.getLong(0);
        } else {
          damaged = true; // The block that it marked comes back, which harms nobody.
        }
      }
    }
    damaged |= end % RECORD_BYTES != 0;
    long[] sorted = Arrays.copyOf(found, count);
    Arrays.sort(sorted);
    return sorted;
  }

  /** The highest segment number that any mark has, 0 without marks. */
  int highestSegment() {
    return marks.length == 0 ? 0 : (int) (marks[marks.length - 1] >>> Integer.SIZE);
  }

  /** Whether a start found the block at this place deleted. Valid until {@link #settle}. */
  boolean isDead(PackIndex.Place place) {
    return Arrays.binarySearch(marks, key(place)) >= 0;
  }

  /**
   * Ends the start: forgets the marks that mean nothing any more, durably, and frees the memory.
   *
   * @param ends where each segment that exists ends, by number
   */
  void settle(Map<Integer, Long> ends) throws IOException {
    long[] kept =
        Arrays.stream(marks)
            .filter(mark -> (int) mark < ends.getOrDefault((int) (mark >>> Integer.SIZE), 0L))
            .toArray();
    if (damaged || kept.length < marks.length) {
      rewrite(kept);
    } else {
      sync();
    }
    marks = new long[0];
    endWhenRewritten = end;
  }

  /** Whether the log has grown to twice what it was, and is not small. */
  boolean isWorthRewriting() {
    return end > Math.max(SMALL_BYTES, 2 * endWhenRewritten);
  }

  /** Forgets the marks of segments that are gone, durably. */
  void forget(IntPredicate gone) throws IOException {
    rewrite(
        Arrays.stream(load()).filter(mark -> !gone.test((int) (mark >>> Integer.SIZE))).toArray());
    endWhenRewritten = end;
  }

  private void rewrite(long[] kept) throws IOException {
    files.replace(
        file,
        out -> {
          for (long mark : kept) {
            out.write(record(mark));
          }
        });
    appender.close(); // It writes to the file that was replaced.
    appender = files.open(file);
    end = Files.size(file);
  }

  /** Marks the block at a place dead. */
  void mark(PackIndex.Place place) throws IOException {
    appender.write(end, record(key(place)), 0, RECORD_BYTES);
    end += RECORD_BYTES;
  }

  void sync() throws IOException {
    appender.sync();
  }

  long diskBytes() {
    return end;
  }

  @Override
  public void close() throws IOException {
    appender.close();
  }

  private static long key(PackIndex.Place place) {
    return (long) place.segment() << Integer.SIZE | place.offset();
  }

  private static byte[] record(long mark) {
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES).putLong(mark);
    return record.putInt(crc(record.array())).array();
  }

  private static int crc(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record, 0, CHECKED_BYTES);
    return (int) crc.getValue();
  }
}
