package dev.limpet.node.memo;

import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Kept answers in files that are written one after the other.
 *
 * <p>Room is made by whole files, the oldest first: answers in it that somebody asked for since
 * they were written there are written anew, at the end of the newest file; the others are
 * forgotten. So what is used stays, nothing is ever written in the middle of a file, and what was
 * lost by a power cut is at the end. A full file has an index beside it ({@link MemoIndex}); a
 * start reads these, and only the newest file itself. One thread writes; any thread looks.
 */
final class MemoFiles implements AutoCloseable {
  /** Some 130 bytes of memory each, with the map of them. */
  static final int MAX_MEMO_ENTRIES = 1 << 16;

  /** A small heap has less: a 32nd of it is 16 384 in 64 MiB, and all from 256 MiB on. */
  private static final int HEAP_PART = 32;

  private static final int ENTRY_BYTES = 128;

  private static final System.Logger LOG = System.getLogger(MemoFiles.class.getName());
  private static final String SUFFIX = ".memo";
  private static final int PARTS = 8;
  private static final long LARGEST_SEGMENT = 16L << 20;

  private final Path dir;
  private final long quotaBytes;
  private final long segmentBytes;
  private final int mostEntries;
  private final Deque<MemoSegment> segments = new ArrayDeque<>();
  private final Map<TaskDigest, MemoSegment.Place> index = new ConcurrentHashMap<>();
  private long lastNumber;
  private final AtomicLong storedBytes = new AtomicLong();

  private MemoFiles(Path dir, long quotaBytes, int mostEntries) {
    this.dir = dir;
    this.quotaBytes = quotaBytes;
    this.mostEntries = mostEntries;
    this.segmentBytes = Math.min(LARGEST_SEGMENT, quotaBytes / PARTS);
  }

  /** How many answers are kept by a process with so much heap. */
  static int mostEntries(long heapBytes) {
    return (int) Math.min(MAX_MEMO_ENTRIES, heapBytes / HEAP_PART / ENTRY_BYTES);
  }

  /** Opens the folder. */
  static MemoFiles open(Path dir, long quotaBytes, int mostEntries) throws IOException {
    MemoFiles files = new MemoFiles(Files.createDirectories(dir), quotaBytes, mostEntries);
    try {
      files.load();
      return files;
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private void load() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(dir, "*" + SUFFIX)) {
      paths.forEach(found::add);
    }
    found.sort(null);
    for (int i = 0; i < found.size(); i++) {
      Path path = found.get(i);
      load(path, i == found.size() - 1);
      lastNumber = Math.max(lastNumber, number(path));
    }
    while (storedBytes.get() > quotaBytes || index.size() > mostEntries) {
      forgetOldest();
    }
  }

  private void load(Path path, boolean newest) throws IOException {
    MemoSegment segment = MemoSegment.open(path);
    segments.add(segment);
    List<MemoIndex.Entry> known = newest ? null : MemoIndex.read(path);
    if (known == null || !segment.adopt(known)) {
      segment.scan();
    }
    for (MemoSegment.Place place : segment.places()) {
      index.put(place.task(), place);
    }
    storedBytes.addAndGet(segment.size());
  }

  private static long number(Path path) {
    String name = path.getFileName().toString();
    try {
      return Long.parseLong(name, 0, name.length() - SUFFIX.length(), 10);
    } catch (NumberFormatException e) {
      return 0; // somebody else's file, whose content is checked like any other
    }
  }

  /** The answer of a Task, or null. */
  @Nullable MemoAnswer find(Cid task) throws IOException {
    TaskDigest digest = TaskDigest.of(task);
    MemoSegment.Place place = index.get(digest);
    if (place == null) {
      return null;
    }
    byte[] frame = place.read();
    MemoAnswer answer = frame == null ? null : MemoFrame.decode(digest, frame);
    if (answer != null) {
      place.use();
    } else if (frame != null && index.remove(digest, place)) {
      LOG.log(Level.WARNING, "a kept answer is damaged and forgotten: {0}", task);
    }
    return answer;
  }

  /** The answer of this Task was given. */
  void used(Cid task) {
    MemoSegment.Place place = index.get(TaskDigest.of(task));
    if (place != null) {
      place.use();
    }
  }

  /** Keeps an answer in place of an earlier one; false when there is no room for it. */
  boolean append(Cid task, MemoAnswer answer) throws IOException {
    byte[] frame = MemoFrame.encode(task, answer);
    if (frame.length > segmentBytes || frame.length - answer.body().length > mostHead()) {
      return false;
    }
    while (storedBytes.get() + frame.length > quotaBytes || index.size() >= mostEntries) {
      forgetOldest();
    }
    write(TaskDigest.of(task), frame);
    return true;
  }

  private static int mostHead() {
    return MemoFrame.PREFIX_BYTES + MemoFrame.TASK_BYTES + MemoFrame.MAX_MEMO_HEAD_BYTES;
  }

  private MemoSegment.Place write(TaskDigest task, byte[] frame) throws IOException {
    MemoSegment newest = segments.peekLast();
    if (newest == null || newest.size() + frame.length > segmentBytes) {
      if (newest != null) {
        MemoIndex.write(newest);
      }
      String name = String.format(Locale.ROOT, "%012d%s", ++lastNumber, SUFFIX);
      newest = MemoSegment.open(dir.resolve(name));
      segments.add(newest);
    }
    MemoSegment.Place place = newest.append(task, frame);
    index.put(task, place);
    storedBytes.addAndGet(frame.length);
    return place;
  }

  /** Makes room: half of the oldest file at least. */
  private void forgetOldest() throws IOException {
    MemoSegment oldest = segments.remove();
    Map<TaskDigest, byte[]> stay = usedOf(oldest);
    storedBytes.addAndGet(-oldest.size());
    try {
      oldest.close();
    } finally {
      Files.deleteIfExists(MemoIndex.of(oldest.path()));
      Files.deleteIfExists(oldest.path());
    }
    for (Map.Entry<TaskDigest, byte[]> each : stay.entrySet()) {
      MemoSegment.Place _ = write(each.getKey(), each.getValue());
    }
  }

  /** Takes all that it has out of the index; what was asked for lately is to be written anew. */
  private Map<TaskDigest, byte[]> usedOf(MemoSegment oldest) {
    long most = oldest.size() / 2;
    Map<TaskDigest, byte[]> used = new LinkedHashMap<>();
    for (MemoSegment.Place place : oldest.places()) {
      if (!index.remove(place.task(), place)) {
        continue; // written anew, or damaged
      }
      byte[] frame = place.isUsed() && place.length() <= most ? read(place) : null;
      if (frame != null) {
        most -= frame.length;
        used.put(place.task(), frame);
      }
    }
    return used;
  }

  /** Its frame, or null when it cannot be read: its file goes all the same. */
  private static byte @Nullable [] read(MemoSegment.Place place) {
    try {
      return place.read();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a kept answer cannot be read and is forgotten: {0}", e.toString());
      return null;
    }
  }

  int entries() {
    return index.size();
  }

  long storedBytes() {
    return storedBytes.get();
  }

  @Override
  public void close() throws IOException {
    for (MemoSegment segment : segments) {
      segment.close();
    }
  }
}
