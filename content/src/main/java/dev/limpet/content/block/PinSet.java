package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The roots that are kept, in one file.
 *
 * <p>The file is a journal ({@link PinJournal}): a change is one line, on the disk when {@link
 * #pin} or {@link #unpin} returns (changes at the same time share a flush), so that it costs the
 * same with ten pins and with a hundred thousand. Now and then the file is replaced by one line per
 * pin.
 *
 * <p>What a crash may leave is a last line without its end: that change was never acknowledged and
 * is dropped. Anything else that is not as it was written, an empty file too, stops the opening
 * with the file's name and the line: pins that vanish in silence would be data lost at the next
 * garbage collection.
 *
 * <p>Roots are equal when they name the same DAG: version 0 and 1 of a CID are one pin. All methods
 * may be called from any thread.
 */
public final class PinSet implements Pins, AutoCloseable {
  /** Some 30 MB of memory; each pin stands for a DAG, of which a node has fewer. */
  public static final int MAX_PINS = 100_000;

  private static final Logger LOG = System.getLogger(PinSet.class.getName());

  /** The journal is shortened when it has this many lines more than twice the pins. */
  private static final int SLACK_LINES = 1000;

  private final Path file;
  private final PackFiles files;
  private final Clock clock;
  private final DirectoryLock lock;
  private final Map<Cid, Pin> pins = new ConcurrentHashMap<>();
  private PackFiles.@Nullable Appender appender;
  private long end;
  private long lines;
  private long written;
  private final Lock flushing = new ReentrantLock();
  private long durable; // with the flush lock
  private final boolean flushes;
  private @Nullable String refusal;

  private PinSet(Path file, PackFiles files, Clock clock, DirectoryLock lock, boolean flushes) {
    this.flushes = flushes;
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
    return open(file, new DiskFiles(), Clock.systemUTC(), true);
  }

  /**
   * Opens the file to be flushed by {@link #sync} alone: a crash of the machine, not of the
   * process, may take changes that were not.
   *
   * @param file the file
   * @return the pins
   * @throws StoreFailedException as {@link #open(Path)}
   */
  public static PinSet openUnflushed(Path file) {
    return open(file, new DiskFiles(), Clock.systemUTC(), false);
  }

  static PinSet open(Path file, PackFiles files, Clock clock) {
    return open(file, files, clock, true);
  }

  private static PinSet open(Path file, PackFiles files, Clock clock, boolean flushes) {
    try {
      Files.createDirectories(DiskFiles.directoryOf(file));
      DirectoryLock lock =
          DirectoryLock.acquire(file.resolveSibling(file.getFileName() + ".lock"), file);
      try {
        PinSet set = new PinSet(file, files, clock, lock, flushes);
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
    PinFileReader reader = new PinFileReader(file, pins);
    reader.read();
    lines = reader.lines();
    end = reader.end();
    long size = Files.size(file);
    appender = files.open(file);
    if (end < size) {
      LOG.log(Level.INFO, "dropping a change that was not finished at the end of {0}", file);
      appender.truncate(end);
    }
    appender.sync();
    if (reader.isOld()) {
      rewrite();
    }
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
  public Pin pin(Cid root, String name) {
    return pin(new Pin(root, name, clock.instant()));
  }

  /**
   * Pins a root, durably. Pinning again changes all but the time; a recursive pin does not become a
   * direct one.
   *
   * @param wanted the pin; its time counts when the root was not pinned
   * @return the pin
   * @throws ContentLimitException when there are {@link #MAX_PINS} pins
   * @throws StoreFailedException when it cannot be written
   */
  @Override
  public Pin pin(Pin wanted) {
    Pin before;
    Pin pin;
    long change;
    synchronized (this) {
      requireUsable();
      before = pins.get(wanted.root().toV1());
      pin = before == null ? wanted : merged(before, wanted);
      if (before == null && pins.size() >= MAX_PINS) {
        throw new ContentLimitException("there are " + MAX_PINS + " pins, the most that can be");
      }
      if (!pin.equals(before)) {
        append(PinJournal.pinned(pin));
        pins.put(wanted.root().toV1(), pin);
      }
      change = written;
    }
    commit(change, wanted.root(), before);
    return pin;
  }

  private static Pin merged(Pin before, Pin wanted) {
    boolean narrower = before.kind() == PinKind.RECURSIVE && wanted.kind() == PinKind.DIRECT;
    Pin kept = narrower ? before : wanted;
    return new Pin(
        before.root(), wanted.name(), before.since(), kept.kind(), kept.size(), kept.dagSize());
  }

  /**
   * Lets a DAG go, durably.
   *
   * @param root its root
   * @return whether it was pinned
   * @throws StoreFailedException when it cannot be written
   */
  @Override
  public boolean unpin(Cid root) {
    Pin before;
    long change;
    synchronized (this) {
      requireUsable();
      before = pins.get(root.toV1());
      if (before == null) {
        return false;
      }
      append(PinJournal.unpinned(root));
      pins.remove(root.toV1());
      change = written;
    }
    commit(change, root, before);
    return true;
  }

  /**
   * Makes all changes that returned before survive a crash of the machine; they do already, unless
   * the file was opened to be flushed by this alone.
   *
   * @throws StoreFailedException when that failed
   */
  public void sync() {
    long change;
    synchronized (this) {
      change = written;
    }
    flushTo(change);
  }

  /** What the file takes of the disk. */
  public synchronized long diskBytes() {
    return end;
  }

  /** Changes that wait for the disk at the same time share a flush. */
  private void commit(long change, Cid root, @Nullable Pin before) {
    boolean durably = !flushes;
    try {
      if (flushes) {
        flushTo(change);
      }
      durably = true;
    } finally {
      if (!durably) {
        takeBack(root, before);
      }
    }
    shorten();
  }

  private void takeBack(Cid root, @Nullable Pin before) {
    if (before == null) {
      pins.remove(root.toV1());
    } else {
      pins.put(root.toV1(), before);
    }
  }

  private void flushTo(long change) {
    flushing.lock();
    try {
      if (durable < change) {
        flush();
      }
    } finally {
      flushing.unlock();
    }
  }

  private void flush() {
    PackFiles.Appender out;
    long covered;
    synchronized (this) {
      requireUsable();
      out = appender;
      covered = written;
    }
    try {
      if (out != null) {
        out.sync();
      }
    } catch (IOException e) {
      throw refuseFromNowOn(e);
    }
    durable = covered;
  }

  /**
   * The pin of a root.
   *
   * @param root the root
   * @return its pin, or null when it is not pinned
   */
  @Override
  public @Nullable Pin find(Cid root) {
    return pins.get(root.toV1());
  }

  /**
   * All pins.
   *
   * @return a copy, oldest first, equal times in the order of the CIDs
   */
  @Override
  public List<Pin> list() {
    return Pins.inOrder(pins.values());
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
    end += bytes.length;
    lines++;
    written++;
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
  private synchronized StoreFailedException refuseFromNowOn(IOException cause) {
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
    if (!isLong()) {
      return;
    }
    flushing.lock(); // A flush uses the file that is replaced.
    try {
      synchronized (this) {
        if (isLong() && appender != null) {
          rewrite();
          durable = written;
        }
      }
    } catch (IOException e) {
      // The change itself is in the journal as it was.
      LOG.log(Level.WARNING, "{0} could not be shortened: {1}", file, e);
    } finally {
      flushing.unlock();
    }
  }

  private synchronized boolean isLong() {
    return lines > 2L * pins.size() + SLACK_LINES;
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
  public void close() {
    flushing.lock();
    try (lock) {
      PackFiles.Appender out;
      synchronized (this) {
        out = appender;
        appender = null;
      }
      if (out != null && refusal == null) {
        out.sync();
      }
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "closing {0}: {1}", file, e);
    } finally {
      flushing.unlock();
    }
  }
}
