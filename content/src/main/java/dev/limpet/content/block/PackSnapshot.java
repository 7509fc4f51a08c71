package dev.limpet.content.block;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a {@link PackBlockstore}'s folder at one moment, held open to be copied, while
 * another process may go on writing. It takes no lock and asks nobody; what makes it whole is the
 * order in which it looks:
 *
 * <ol>
 *   <li>the log of deletes, so that it knows no delete that the rest does not know;
 *   <li>all segments, each held open: one that is dropped from now on can still be read;
 *   <li>what points at blocks: pins, or rows of a database ({@link Pointers});
 *   <li>segments that were begun meanwhile, and how far each segment reaches by now.
 * </ol>
 *
 * <p>A block that was pointed at in step 3 lay in a segment then. That one is held since step 2, or
 * was begun after it and is found in step 4; if it was begun and dropped in between, there is a gap
 * in the numbers, and all begins anew. A byte of a segment is written once, so a copy up to the end
 * as of step 4 has every whole block, and at most a torn one at the end of the newest segment,
 * which every start cuts off. Blocks that were deleted meanwhile may be alive again in the copy, as
 * garbage: when the log of deletes has changed, it is tried again; a store that deletes all the
 * time is copied with its garbage, as long as no segment came or went.
 */
public final class PackSnapshot implements AutoCloseable {
  /** A store whose segments come and go faster than they can be opened is not seen in practice. */
  static final int MAX_SNAPSHOT_TRIES = 8;

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final Path directory;
  private final String prefix;
  private final NavigableMap<Integer, FrozenFile> segments = new TreeMap<>();
  private final List<FrozenFile> others = new ArrayList<>();

  /** Reads what points at blocks; called once for each try, and the last one counts. */
  @FunctionalInterface
  public interface Pointers {
    /** Reads it. */
    void read() throws IOException;
  }

  private PackSnapshot(Path directory, String prefix) {
    this.directory = directory;
    this.prefix = prefix;
  }

  /**
   * Takes a snapshot of a folder, whether a store has it open or not.
   *
   * @param directory the folder of a store; one that does not exist is an empty store
   * @param prefix what stands before the names of its files in the copy, such as {@code blocks/}
   * @param pointers reads what points at blocks
   * @throws IOException when it cannot be read, or changed too fast
   */
  public static PackSnapshot take(Path directory, String prefix, Pointers pointers)
      throws IOException {
    for (int attempt = 1; attempt <= MAX_SNAPSHOT_TRIES; attempt++) {
      PackSnapshot snapshot = new PackSnapshot(directory, prefix);
      boolean taken = false;
      try {
        taken = snapshot.hold(pointers, attempt > MAX_SNAPSHOT_TRIES / 2);
        if (taken) {
          return snapshot;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      } finally {
        if (!taken) {
          snapshot.close();
        }
      }
    }
    throw new IOException(directory + " changed too fast to be copied; try again");
  }

  /** One try; whether it succeeded. */
  private boolean hold(Pointers pointers, boolean evenWithGarbage) throws IOException {
    FileTime before = lastChange();
    FrozenFile marks = openIfThere(directory.resolve(PackBlockstore.TOMBSTONES_FILE));
    boolean whole = holdSegments();
    pointers.read();
    int last = segments.isEmpty() ? 0 : segments.lastKey();
    whole = whole && holdSegments() && hasNoGapAfter(last);
    for (FrozenFile segment : segments.values()) {
      segment.freeze();
    }
    boolean quiet = !hasChanged(marks) || (evenWithGarbage && before.equals(lastChange()));
    return whole && quiet;
  }

  /** When a name in the folder last came or went. */
  private FileTime lastChange() throws IOException {
    return Files.exists(directory) ? Files.getLastModifiedTime(directory) : FileTime.fromMillis(0);
  }

  private boolean holdSegments() throws IOException {
    for (int number : numbers()) {
      if (segments.containsKey(number)) {
        continue;
      }
      PackSegment segment = new PackSegment(directory, number);
      openIfThere(segment.sidecar()); // before the segment: it never speaks of more than that has
      try {
        segments.put(number, open(segment.file()));
      } catch (NoSuchFileException e) {
        return false;
      }
    }
    return true;
  }

  private Collection<Integer> numbers() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(PackSegment::numberOf).filter(number -> number >= 0).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private boolean hasNoGapAfter(int last) {
    int begun = segments.tailMap(last, false).size();
    return last == 0 || segments.lastKey() - last == begun;
  }

  private boolean hasChanged(@Nullable FrozenFile marks) throws IOException {
    Path file = directory.resolve(PackBlockstore.TOMBSTONES_FILE);
    return marks != null && (!Files.exists(file) || Files.size(file) != marks.size());
  }

  private FrozenFile open(Path file) throws IOException {
    return FrozenFile.open(file, prefix + file.getFileName());
  }

  private @Nullable FrozenFile openIfThere(Path file) throws IOException {
    try {
      FrozenFile opened = open(file);
      others.add(opened);
      return opened;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** The files to copy; they stay readable until this is closed. */
  public List<FrozenFile> files() {
    List<FrozenFile> files = new ArrayList<>(others);
    files.addAll(segments.values());
    return files;
  }

  @Override
  public void close() throws IOException {
    for (FrozenFile file : files()) {
      file.close();
    }
  }
}
