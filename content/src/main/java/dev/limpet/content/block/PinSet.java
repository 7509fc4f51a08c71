package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The roots that are kept, in one file.
 *
 * <p>The file is a journal ({@link PinJournal}): a change is one line, on the disk when {@link
 * #pin} or {@link #unpin} returns, so that it costs the same with ten pins and with a hundred
 * thousand. Now and then the file is replaced by one line per pin.
 *
 * <p>What a crash may leave is a last line without its end: that change was never acknowledged and
 * is dropped. Anything else that is not as it was written, an empty file too, stops the opening
 * with the file's name and the line: pins that vanish in silence would be data lost at the next
 * garbage collection.
 *
 * <p>Roots are equal when they name the same DAG: version 0 and 1 of a CID are one pin. All methods
 * may be called from any thread.
 */
public final class PinSet implements AutoCloseable {
  /** Some 30 MB of memory; each pin stands for a DAG, of which a node has fewer. */
  public static final int MAX_PINS = 100_000;

  private static final Logger LOG = System.getLogger(PinSet.class.getName());

  /** The journal is shortened when it has this many lines more than twice the pins. */
  private static final int SLACK_LINES = 1000;

  private static final int BUFFER_BYTES = 64 << 10;

  private final Path file;
  private final PackFiles files;
  private final Clock clock;
  private final DirectoryLock lock;
  private final Map<Cid, Pin> pins = new ConcurrentHashMap<>();
  private PackFiles.@Nullable Appender appender;
  private long end;
  private long lines;
  private @Nullable String refusal;

  private PinSet(Path file, PackFiles files, Clock clock, DirectoryLock lock) {
    this.file = file;
    this.files = files;
    this.clock = clock;
    this.lock = lock;
  }

  /**
   * Opens the file, creating it when it is absent.
   *
   * @param file the file; a lock file is kept next to it
   * @return the pins
   * @throws StoreFailedException when it is damaged or cannot be read, naming it, or when another
   *     process has it
   */
  public static PinSet open(Path file) {
    return open(file, new DiskFiles(), Clock.systemUTC());
  }

  static PinSet open(Path file, PackFiles files, Clock clock) {
    try {
      Files.createDirectories(DiskFiles.directoryOf(file));
      DirectoryLock lock =
          DirectoryLock.acquire(file.resolveSibling(file.getFileName() + ".lock"), file);
      try {
        PinSet set = new PinSet(file, files, clock, lock);
        set.load();
        return set;
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StoreFailedException("cannot open the pins in " + file + ": " + e, e);
    }
  }

  private synchronized void load() throws IOException {
    if (!Files.exists(file)) {
      rewrite();
      return;
    }
    try (InputStream in =
        new BufferedInputStream(new FileInputStream(file.toFile()), BUFFER_BYTES)) {
      for (String line = nextLine(in); line != null; line = nextLine(in)) {
        apply(line);
      }
    }
    if (lines == 0) {
      throw damaged("the file is empty or cut");
    }
    long size = Files.size(file);
    appender = files.open(file);
    if (end < size) {
      LOG.log(Level.INFO, "dropping a change that was not finished at the end of {0}", file);
      appender.truncate(end);
    }
    appender.sync();
  }

  /** The next line without its end, or null when only an unfinished one or nothing follows. */
  private @Nullable String nextLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == '\n') {
        return line.toString();
      }
      line.append((char) next);
      if (line.length() > PinJournal.MAX_LINE_BYTES) {
        throw damaged("line " + (lines + 1) + " is too long");
      }
    }
    return null;
  }

  private void apply(String line) {
    try {
      if (lines == 0 && !PinJournal.FIRST_LINE.equals(line + "\n")) {
        throw new IllegalArgumentException("it is not the first line of a pin file");
      }
      if (lines > 0) {
        PinJournal.apply(line, pins);
      }
    } catch (IllegalArgumentException | ContentLimitException e) {
      throw damaged("line " + (lines + 1) + ": " + e.getMessage());
    }
    lines++;
    end += line.length() + 1L;
  }

  private StoreFailedException damaged(String detail) {
    return new StoreFailedException(
        "the pin file %s is damaged (%s); ".formatted(file, detail)
            + "restore it from a backup, or move it away to start without pins");
  }

  /**
   * Pins a DAG, durably. Pinning again changes the name and keeps the time.
   *
   * @param root the root
   * @param name what people call it, maybe empty
   * @return the pin
   * @throws ContentLimitException when the name is too long or there are {@link #MAX_PINS} pins
   * @throws StoreFailedException when it cannot be written
   */
  public synchronized Pin pin(Cid root, String name) {
    requireUsable();
    Pin before = pins.get(root.toV1());
    Pin pin =
        before == null
            ? new Pin(root, name, clock.instant())
            : new Pin(before.root(), name, before.since());
    if (pin.equals(before)) {
      return pin;
    }
    if (before == null && pins.size() >= MAX_PINS) {
      throw new ContentLimitException("there are " + MAX_PINS + " pins, the most that can be");
    }
    append(PinJournal.pinned(pin));
    pins.put(root.toV1(), pin);
    shorten();
    return pin;
  }

  /**
   * Lets a DAG go, durably.
   *
   * @param root its root
   * @return whether it was pinned
   * @throws StoreFailedException when it cannot be written
   */
  public synchronized boolean unpin(Cid root) {
    requireUsable();
    if (!pins.containsKey(root.toV1())) {
      return false;
    }
    append(PinJournal.unpinned(root));
    pins.remove(root.toV1());
    shorten();
    return true;
  }

  /**
   * The pin of a root.
   *
   * @param root the root
   * @return its pin, or null when it is not pinned
   */
  public @Nullable Pin find(Cid root) {
    return pins.get(root.toV1());
  }

  /**
   * All pins.
   *
   * @return a copy, oldest first, equal times in the order of the CIDs
   */
  public List<Pin> list() {
    return pins.values().stream()
        .sorted(Comparator.comparing(Pin::since).thenComparing(Pin::root))
        .toList();
  }

  private void append(String line) {
    PackFiles.Appender out = appender;
    if (out == null) {
      throw new StoreFailedException("the pins in " + file + " are closed");
    }
    byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
    try {
      out.write(end, bytes, 0, bytes.length);
    } catch (IOException e) {
      takeBack(out, e);
      throw new StoreFailedException("cannot write to " + file + ": " + e.getMessage(), e);
    }
    try {
      out.sync();
    } catch (IOException e) {
      throw refuseFromNowOn(e);
    }
    end += bytes.length;
    lines++;
  }

  private void takeBack(PackFiles.Appender out, IOException cause) {
    try {
      out.truncate(end);
    } catch (IOException e) {
      cause.addSuppressed(e);
      refuseFromNowOn(cause);
    }
  }

  /** After a failed flush nobody knows what the disk has; only reading it anew tells. */
  private StoreFailedException refuseFromNowOn(IOException cause) {
    String sentence =
        "%s could not be written to the disk (%s); no change is accepted until the next start"
            .formatted(file, cause.getMessage());
    refusal = sentence;
    return new StoreFailedException(sentence, cause);
  }

  private void requireUsable() {
    if (refusal != null) {
      throw new StoreFailedException(refusal);
    }
    if (appender == null) {
      throw new StoreFailedException("the pins in " + file + " are closed");
    }
  }

  private void shorten() {
    if (lines > 2L * pins.size() + SLACK_LINES) {
      try {
        rewrite();
      } catch (IOException e) {
        // The change itself is on the disk, in the journal as it was.
        LOG.log(Level.WARNING, "{0} could not be shortened: {1}", file, e);
      }
    }
  }

  private void rewrite() throws IOException {
    Map<Cid, Pin> written = new HashMap<>(pins);
    files.replace(
        file,
        out -> {
          out.write(PinJournal.FIRST_LINE.getBytes(StandardCharsets.US_ASCII));
          for (Pin pin : written.values()) {
            out.write(PinJournal.pinned(pin).getBytes(StandardCharsets.US_ASCII));
          }
        });
    PackFiles.Appender old = appender;
    appender = null; // It writes to the file that was replaced.
    if (old != null) {
      old.close();
    }
    appender = files.open(file);
    end = Files.size(file);
    lines = written.size() + 1L;
  }

  /** Closes the file; pins stay. Closing twice changes nothing. */
  @Override
  public synchronized void close() {
    PackFiles.Appender out = appender;
    appender = null;
    try (lock) {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "closing {0}: {1}", file, e);
    }
  }
}
