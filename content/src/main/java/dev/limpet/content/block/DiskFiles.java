package dev.limpet.content.block;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** The real disk. */
final class DiskFiles implements PackFiles {
  /** Files that are being written carry it until they are whole. */
  static final String TEMPORARY = ".tmp";

  private static final boolean DIRECTORIES_CAN_BE_SYNCED =
      !System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

  private static final int BUFFER_BYTES = 64 << 10;

  @Override
  public Appender open(Path file) throws IOException {
    return new DiskAppender(new RandomAccessFile(file.toFile(), "rw"));
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    boolean interrupted = false;
    boolean synced = !DIRECTORIES_CAN_BE_SYNCED;
    while (!synced) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
        synced = true;
      } catch (ClosedByInterruptException e) {
        // Only a channel can flush a directory, and an interrupt closes it: once more, then pass
        // the interrupt on.
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void replace(Path file, Content content) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    try (FileOutputStream stream = new FileOutputStream(temporary.toFile())) {
      OutputStream out = new BufferedOutputStream(stream, BUFFER_BYTES);
      content.writeTo(out);
      out.flush();
      stream.getFD().sync();
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(directoryOf(file));
  }

  @Override
  public void beside(Runnable work) {
    // no virtual one: it would take a processor from those for as long as the disk is busy
    Thread _ = Thread.ofPlatform().daemon().name("limpet-pack-flush").start(work);
  }

  /** The directory that a file stands in. */
  static Path directoryOf(Path file) {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent();
    return directory == null ? absolute : directory;
  }

  private static final class DiskAppender implements Appender {
    private static final long UNKNOWN = -1;

    private final RandomAccessFile file;

    /** Where the file stands; a failure leaves that open. */
    private long position = UNKNOWN;

    DiskAppender(RandomAccessFile file) {
      this.file = file;
    }

    @Override
    public void write(long at, byte[] bytes, int offset, int length) throws IOException {
      boolean there = at == position;
      position = UNKNOWN;
      if (!there) {
        file.seek(at);
      }
      file.write(bytes, offset, length);
      position = at + length;
    }

    @Override
    public void truncate(long length) throws IOException {
      position = UNKNOWN;
      file.setLength(length);
    }

    @Override
    public void sync() throws IOException {
      file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
