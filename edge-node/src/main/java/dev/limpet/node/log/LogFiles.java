package dev.limpet.node.log;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LogCursor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records on the disk, within bytes, count and age.
 *
 * <p>Invariants. Records stand in files that are only written at the end of the newest; what is in
 * memory is where each stands, in the order in which they came. The oldest go first: of the index
 * one by one, of the disk a file at a time, as soon as the index wants none of it, or when the
 * bytes run out. Nothing is synced: a machine that loses its power loses the last logs, and a file
 * that ends in the middle of a record ends before it.
 */
final class LogFiles implements AutoCloseable {
  /** Logs that are kept: some 250 bytes of memory each. */
  static final int MAX_LOGS = 20_000;

  /** A log that nobody asked for in so long is not missed. */
  static final Duration MAX_LOG_AGE = Duration.ofDays(7);

  /** Files that make up the quota: when bytes run out, one of them goes. */
  private static final int PARTS = 16;

  private static final Pattern NAME = Pattern.compile("logs-([0-9]{10})");

  private final Path dir;
  private final Limits limits;
  private final InstantSource clock;
  private final Deque<LogSegment> segments = new ArrayDeque<>();
  private final Map<ExecutionId, Kept> kept = new LinkedHashMap<>();
  private final Map<Cid, Cid> functions = new HashMap<>();
  private long nextName = 1;
  private long lastSequence;

  /**
   * What is kept.
   *
   * @param bytes on the disk
   * @param count of records
   * @param age of the oldest
   */
  record Limits(long bytes, int count, Duration age) {
    /** As many and as old ones as a node keeps. */
    static Limits ofNode(long bytes) {
      return new Limits(bytes, MAX_LOGS, MAX_LOG_AGE);
    }
  }

  /**
   * What memory knows of a record.
   *
   * @param cursor its end and its Execution
   * @param function CID of the manifest
   * @param sequence its place among all
   * @param place where it stands
   */
  record Kept(LogCursor cursor, Cid function, long sequence, LogSegment.Place place) {}

  private LogFiles(Path dir, Limits limits, InstantSource clock) {
    this.dir = dir;
    this.limits = limits;
    this.clock = clock;
  }

  /** Opens a folder, which is made when it is not there; nobody else may look into it. */
  static LogFiles open(Path dir, Limits limits, InstantSource clock) throws IOException {
    Files.createDirectories(dir);
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
    LogFiles files = new LogFiles(dir, limits, clock);
    try {
      files.recover();
      return files;
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private synchronized void recover() throws IOException {
    for (long name : names()) {
      segments.add(LogSegment.open(file(name), found -> add(found.entry(), found.place())));
      nextName = name + 1;
    }
    trim(0);
  }

  private List<Long> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .map(path -> NAME.matcher(path.getFileName().toString()))
          .filter(name -> name.matches())
          .map(name -> Long.valueOf(name.group(1)))
          .sorted()
          .toList();
    }
  }

  private Path file(long name) {
    return dir.resolve(String.format("logs-%010d", name));
  }

  private void add(LogRecord entry, LogSegment.Place place) {
    Cid function = functions.computeIfAbsent(entry.item().function(), cid -> cid);
    lastSequence = Math.max(lastSequence, entry.item().sequence());
    Kept added = new Kept(entry.item().cursor(), function, entry.item().sequence(), place);
    place.segment().count(1);
    Kept before = kept.put(entry.item().execution(), added);
    if (before != null) {
      before.place().segment().count(-1);
    }
  }

  /** Keeps a record; the oldest make room for it. */
  synchronized void append(LogRecord entry) throws IOException {
    byte[] frame = LogFrame.encode(entry);
    if (frame.length > limits.bytes()) {
      return;
    }
    LogSegment last = segments.peekLast();
    if (last == null
        || last.size() + frame.length > Math.max(frame.length, limits.bytes() / PARTS)) {
      last = LogSegment.open(file(nextName++), _ -> {});
      segments.add(last);
    }
    trim(frame.length);
    add(entry, last.append(frame));
  }

  /** Drops what is too old or too much, with room for so many bytes and, with them, one more. */
  private void trim(int bytes) throws IOException {
    Instant oldest = clock.instant().minus(limits.age());
    int most = bytes == 0 ? limits.count() : limits.count() - 1;
    Iterator<Kept> first = kept.values().iterator();
    while (first.hasNext()) {
      Kept entry = first.next();
      if (kept.size() <= most && !entry.cursor().endedAt().isBefore(oldest)) {
        break;
      }
      entry.place().segment().count(-1);
      first.remove();
    }
    while (segments.size() > 1
        && (segments.getFirst().count(0) == 0 || storedBytes() + bytes > limits.bytes())) {
      LogSegment dropped = segments.removeFirst();
      kept.values().removeIf(entry -> entry.place().segment() == dropped);
      dropped.delete();
    }
    if (kept.isEmpty()) {
      functions.clear();
    }
  }

  /** Drops what is too old, when nothing comes that would do it. */
  synchronized void trim() throws IOException {
    trim(0);
  }

  /** The record of an Execution, or null. */
  synchronized @Nullable LogRecord find(ExecutionId execution) throws IOException {
    Kept entry = kept.get(execution);
    return entry == null ? null : read(entry);
  }

  /** What memory knows of the records of a function for which this holds, oldest first. */
  synchronized List<Kept> list(Cid function, Predicate<Kept> wanted) {
    List<Kept> found = new ArrayList<>();
    for (Kept entry : kept.values()) {
      if (entry.function().equals(function) && wanted.test(entry)) {
        found.add(entry);
      }
    }
    return found;
  }

  /** Reads a record, or null when it has gone meanwhile. */
  synchronized @Nullable LogRecord read(Kept entry) throws IOException {
    boolean there = entry.equals(kept.get(entry.cursor().execution()));
    return there ? entry.place().segment().read(entry.place()) : null;
  }

  /** The greatest sequence that was ever kept here and is still known. */
  synchronized long lastSequence() {
    return lastSequence;
  }

  /** Bytes on the disk. */
  synchronized long storedBytes() {
    long bytes = 0;
    for (LogSegment segment : segments) {
      bytes += segment.size();
    }
    return bytes;
  }

  /** Records that are kept. */
  synchronized int count() {
    return kept.size();
  }

  @Override
  public synchronized void close() throws IOException {
    for (LogSegment segment : segments) {
      segment.close();
    }
  }
}
