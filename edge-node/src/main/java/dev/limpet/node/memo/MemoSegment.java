package dev.limpet.node.memo;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One file of answers, written at its end. One thread writes; several read. It is locked for each
 * read and write, because a reader must not find it closed under its hands.
 */
final class MemoSegment implements AutoCloseable {
  private final Path path;
  private final RandomAccessFile file;
  private final List<Place> places = new ArrayList<>();
  private long size;
  private boolean closed;

  private MemoSegment(Path path) throws IOException {
    this.path = path;
    this.file = new RandomAccessFile(path.toFile(), "rw");
  }

  /** Where an answer stands, and whether it was asked for since it was written there. */
  static final class Place {
    private final MemoSegment segment;
    private final TaskDigest task;
    private final long offset;
    private final int length;
    private volatile boolean used;

    private Place(MemoSegment segment, TaskDigest task, long offset, int length) {
      this.segment = segment;
      this.task = task;
      this.offset = offset;
      this.length = length;
    }

    TaskDigest task() {
      return task;
    }

    int length() {
      return length;
    }

    boolean isUsed() {
      return used;
    }

    void use() {
      if (!used) {
        used = true;
      }
    }

    /** Its frame, or null when its file is gone. */
    byte @Nullable [] read() throws IOException {
      return segment.read(offset, length);
    }
  }

  /** Begins a file, or opens one of which nothing is read yet. */
  static MemoSegment open(Path path) throws IOException {
    return new MemoSegment(path);
  }

  /**
   * Reads what the file has, without the bodies. What a killed process, or a disk, left half
   * written ends it: that and all behind it is cut off.
   */
  synchronized void scan() throws IOException {
    long length = file.length();
    Place next = next(length);
    while (next != null) {
      places.add(next);
      size = next.offset + next.length;
      next = next(length);
    }
    if (size < length) {
      file.setLength(size);
    }
  }

  private @Nullable Place next(long fileLength) throws IOException {
    if (size + MemoFrame.PREFIX_BYTES > fileLength) {
      return null;
    }
    byte[] prefix = new byte[MemoFrame.PREFIX_BYTES];
    file.seek(size);
    file.readFully(prefix);
    MemoFrame.Lengths lengths = MemoFrame.lengths(prefix);
    if (lengths == null || size + lengths.whole() > fileLength) {
      return null;
    }
    byte[] begun = new byte[lengths.beforeBody()];
    file.seek(size);
    file.readFully(begun);
    TaskDigest task = MemoFrame.task(begun, lengths);
    return task == null ? null : new Place(this, task, size, lengths.whole());
  }

  /** Takes over what an index says that the file has; false when it cannot be so. */
  synchronized boolean adopt(List<MemoIndex.Entry> entries) throws IOException {
    if (entries.stream().mapToLong(MemoIndex.Entry::length).sum() != file.length()) {
      return false;
    }
    for (MemoIndex.Entry entry : entries) {
      places.add(new Place(this, entry.task(), size, entry.length()));
      size += entry.length();
    }
    return true;
  }

  /** Writes a frame behind the others; nothing is synced, and a write that failed is undone. */
  synchronized Place append(TaskDigest task, byte[] frame) throws IOException {
    try {
      file.seek(size);
      file.write(frame);
    } catch (IOException e) {
      file.setLength(size);
      throw e;
    }
    Place place = new Place(this, task, size, frame.length);
    places.add(place);
    size += frame.length;
    return place;
  }

  private synchronized byte @Nullable [] read(long offset, int length) throws IOException {
    if (closed) {
      return null;
    }
    byte[] frame = new byte[length];
    file.seek(offset);
    file.readFully(frame);
    return frame;
  }

  /** What was written to it, in its order, also what is no longer wanted. */
  synchronized List<Place> places() {
    return List.copyOf(places);
  }

  synchronized long size() {
    return size;
  }

  Path path() {
    return path;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    file.close();
  }
}
