package dev.limpet.node.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One file of records, written at its end. Used under the lock of its {@link LogFiles}. */
final class LogSegment implements AutoCloseable {
  private final Path path;
  private final RandomAccessFile file;
  private long size;
  private int records;

  private LogSegment(Path path) throws IOException {
    this.path = path;
    this.file = new RandomAccessFile(path.toFile(), "rw");
  }

  /**
   * Where a record stands.
   *
   * @param segment its file
   * @param offset of its prefix
   * @param length of its frame, without the prefix
   */
  record Place(LogSegment segment, long offset, int length) {}

  /** A record that was found, and where. */
  record Found(LogRecord entry, Place place) {}

  /**
   * Opens a file and reads what it has. What a killed process, or a disk, left half written ends
   * it: that and all behind it is cut off.
   */
  static LogSegment open(Path path, Consumer<Found> found) throws IOException {
    LogSegment segment = new LogSegment(path);
    try {
      long length = segment.file.length();
      Found next = segment.next(length);
      while (next != null) {
        segment.size = next.place().offset() + LogFrame.PREFIX_BYTES + next.place().length();
        found.accept(next);
        next = segment.next(length);
      }
      if (segment.size < length) {
        segment.file.setLength(segment.size);
      }
      return segment;
    } catch (IOException | RuntimeException e) {
      segment.close();
      throw e;
    }
  }

  private @Nullable Found next(long fileLength) throws IOException {
    if (size + LogFrame.PREFIX_BYTES > fileLength) {
      return null;
    }
    ByteBuffer prefix = ByteBuffer.allocate(LogFrame.PREFIX_BYTES);
    file.seek(size);
    file.readFully(prefix.array());
    int length = LogFrame.length(prefix);
    if (length < 0 || size + LogFrame.PREFIX_BYTES + length > fileLength) {
      return null;
    }
    byte[] frame = new byte[length];
    file.readFully(frame);
    LogRecord entry = LogFrame.decode(prefix.getInt(Integer.BYTES), frame);
    return entry == null ? null : new Found(entry, new Place(this, size, length));
  }

  /** Writes a record behind the others; nothing is synced, and a write that failed is undone. */
  Place append(byte[] frame) throws IOException {
    try {
      file.seek(size);
      file.write(frame);
    } catch (IOException e) {
      file.setLength(size);
      throw e;
    }
    Place place = new Place(this, size, frame.length - LogFrame.PREFIX_BYTES);
    size += frame.length;
    return place;
  }

  /** Reads a record again. */
  LogRecord read(Place place) throws IOException {
    byte[] bytes = new byte[LogFrame.PREFIX_BYTES + place.length()];
    file.seek(place.offset());
    file.readFully(bytes);
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    byte[] body = new byte[place.length()];
    frame.get(LogFrame.PREFIX_BYTES, body);
    LogRecord entry = LogFrame.decode(frame.getInt(Integer.BYTES), body);
    if (entry == null) {
      throw new IOException("a log on the disk is damaged: " + path.getFileName());
    }
    return entry;
  }

  long size() {
    return size;
  }

  /** Counts records that are still wanted. */
  int count(int change) {
    records += change;
    return records;
  }

  /** Closes and deletes it. */
  void delete() throws IOException {
    file.close();
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
