package dev.limpet.protocol.accesslog;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines to a file, or to standard output, on a thread of its own. Whoever writes never
 * waits: when too many lines are on their way, new ones are dropped, counted, and the log says how
 * many.
 *
 * <p>A file that has {@link #MAX_LOG_FILE_BYTES} becomes {@code FILE.1}, whose predecessor goes.
 * One that was moved away, by {@code logrotate} for instance, is noticed, and a new one begun.
 */
public final class AccessLog implements AutoCloseable {
  /** Lines on their way to the disk: some megabytes, a second of a busy gateway. */
  static final int MAX_QUEUED_LINES = 16_384;

  /** The file and the one before it: 128 MiB together, some 400 000 requests. */
  static final long MAX_LOG_FILE_BYTES = 64L << 20;

  /** What a stop waits for the disk. */
  static final Duration MAX_CLOSE_TIME = Duration.ofSeconds(2);

  /** Where to. */
  public static final ConfigKey<String> TARGET =
      ConfigKey.of(
              "access-log",
              "a path, or - for standard output",
              text -> {
                if (!text.equals("-")) {
                  var _ = ConfigKey.path("access-log").parser().apply(text);
                }
                return text;
              })
          .says(
              "One line of JSON for each request: when, what, who, how it ended. At 64 MiB the file"
                  + " becomes FILE.1.");

  /** A rotation that failed is tried again when the file has grown by this part of its size. */
  private static final int ROTATION_TRIES_PER_FILE = 16;

  private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());

  private final @Nullable Path file;
  private final long maxBytes;
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong unrotated = new AtomicLong();
  private final Thread writer;
  private volatile boolean closed;
  private @Nullable OutputStream out;
  private @Nullable Object key;
  private long bytes;
  private long rotateAt;
  private long told;
  private boolean failing;

  private AccessLog(@Nullable Path file, long maxBytes) {
    this.file = file;
    this.maxBytes = maxBytes;
    this.writer = Thread.ofPlatform().name("limpet-access-log").daemon().unstarted(this::run);
  }

  /**
   * Opens the log that is configured; null without one.
   *
   * @throws LimpetException {@code bad-config} when its file cannot be written
   */
  public static @Nullable AccessLog of(Config config) {
    String target = config.find(TARGET).orElse(null);
    if (target == null) {
      return null;
    }
    AccessLog log = open(target.equals("-") ? null : Path.of(target), MAX_LOG_FILE_BYTES);
    log.writer.start();
    return log;
  }

  /** A log whose thread does not run yet. */
  static AccessLog open(@Nullable Path file, long maxBytes) {
    AccessLog log = new AccessLog(file, maxBytes);
    try {
      log.reopen();
    } catch (IOException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          "access-log = "
              + file
              + " cannot be written ("
              + e.getMessage()
              + "); the line for another: access-log = PATH",
          e);
    }
    return log;
  }

  /** Takes a line, or drops it. Never waits. */
  public void write(AccessLine line) {
    if (queued.get() >= MAX_QUEUED_LINES) {
      dropped.incrementAndGet();
      return;
    }
    lines.add(line.end());
    if (queued.getAndIncrement() == 0) {
      LockSupport.unpark(writer);
    }
  }

  /** Lines that were dropped, because there were too many or the disk took none. */
  public long dropped() {
    return dropped.get();
  }

  /** How often in a row a full file could not become the older one; 0 when it could. */
  public long unrotated() {
    return unrotated.get();
  }

  private void run() {
    while (!closed || !lines.isEmpty()) {
      if (lines.isEmpty()) {
        LockSupport.park(this);
      } else {
        writeQueued();
      }
    }
  }

  /** Writes what is there in one go. */
  void writeQueued() {
    StringBuilder batch = new StringBuilder();
    int taken = 0;
    for (String line = lines.poll(); line != null; line = lines.poll()) {
      batch.append(line).append('\n');
      taken++;
      if (batch.length() > 1 << 16) {
        break;
      }
    }
    queued.addAndGet(-taken);
    long lost = dropped.get();
    if (lost > told) {
      batch.append(new AccessLine(Instant.now()).number("dropped", lost - told).end()).append('\n');
    }
    try {
      reopenWhenMoved();
      OutputStream open = out;
      if (open == null) {
        throw new IOException("it is not open");
      }
      byte[] all = batch.toString().getBytes(US_ASCII);
      open.write(all);
      open.flush();
      bytes += all.length;
      told = lost;
      failing = false;
    } catch (IOException e) {
      failed(taken, e);
    }
  }

  private void failed(int taken, IOException e) {
    dropped.addAndGet(taken);
    closeFile(); // what stands there is perhaps half a line; the next one begins on its own
    if (!failing) {
      LOG.log(Level.WARNING, "the access log cannot be written; its lines are dropped: " + e);
    }
    failing = true;
  }

  private void reopenWhenMoved() throws IOException {
    Path path = file;
    if (path == null) {
      return;
    }
    if (out == null) {
      reopen();
      if (out != null && bytes > 0) {
        out.write('\n');
      }
    } else if (bytes >= rotateAt) {
      rotate(path);
    } else if (!Files.exists(path) || !Objects.equals(key, keyOf(path))) {
      closeFile();
      reopen();
    }
  }

  /** Where it cannot, the full file is written on, and it tries again after some more of it. */
  private void rotate(Path path) {
    OutputStream full = out;
    try {
      Files.move(
          path,
          path.resolveSibling(path.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
      reopen();
      closeQuietly(full);
    } catch (IOException e) {
      out = full;
      rotateAt = bytes + Math.max(1, maxBytes / ROTATION_TRIES_PER_FILE);
      if (unrotated.getAndIncrement() == 0) {
        LOG.log(
            Level.WARNING,
            "the access log is full and cannot become FILE.1; it is written on: " + e);
      }
    }
  }

  private void reopen() throws IOException {
    Path path = file;
    if (path == null) {
      out = new FileOutputStream(FileDescriptor.out);
      return;
    }
    if (!Files.exists(path)) {
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    out = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    key = keyOf(path);
    bytes = Files.size(path);
    rotateAt = maxBytes;
    unrotated.set(0);
  }

  private static @Nullable Object keyOf(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  private void closeFile() {
    OutputStream open = out;
    out = null;
    if (file != null) {
      closeQuietly(open);
    }
  }

  private static void closeQuietly(@Nullable OutputStream open) {
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the access log did not close", e);
    }
  }

  /** Writes what is left, if the disk takes it soon. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(writer);
    try {
      if (writer.getState() != Thread.State.NEW) {
        boolean _ = writer.join(MAX_CLOSE_TIME);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!writer.isAlive()) {
      closeFile();
    }
  }
}
