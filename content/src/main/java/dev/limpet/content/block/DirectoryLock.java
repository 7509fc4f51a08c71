package dev.limpet.content.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second process, or a second opening in this one, away from files that have one writer.
 * The lock is the operating system's: it goes when the process dies, however it dies.
 */
final class DirectoryLock implements AutoCloseable {
  /**
   * What this process has locked. Asked first, because closing a second channel of a locked file
   * releases the lock of the first one on POSIX systems.
   */
  private static final Set<Path> HELD = new HashSet<>();

  /** Behind the process id, so that who does not get the lock can read it on any system. */
  private static final long LOCKED_BYTE = 1 << 20;

  private final Path file;
  private final FileChannel channel;

  private DirectoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param lockFile the file to lock, created when absent, in a directory that exists
   * @param guarded what it guards, for the message
   * @return the lock
   * @throws StoreFailedException when someone else has it, naming what is guarded and by whom
   */
  static DirectoryLock acquire(Path lockFile, Path guarded) throws IOException {
    Path file = DiskFiles.directoryOf(lockFile).toRealPath().resolve(lockFile.getFileName());
    synchronized (HELD) {
      if (HELD.contains(file)) {
        throw inUse(guarded, "this process");
      }
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      @Nullable FileLock lock = null;
      try {
        lock = channel.tryLock(LOCKED_BYTE, 1, false);
        if (lock == null) {
          throw inUse(guarded, "process " + Files.readString(file).strip());
        }
        writePid(channel);
        HELD.add(file);
        return new DirectoryLock(file, channel);
      } finally {
        if (!HELD.contains(file)) {
          channel.close();
        }
      }
    }
  }

  private static void writePid(FileChannel channel) throws IOException {
    String pid = ProcessHandle.current().pid() + "\n";
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
  }

  private static DirectoryInUseException inUse(Path guarded, String by) {
    return new DirectoryInUseException(
        "%s is in use by %s; stop that one or choose another folder"
            .formatted(guarded.toAbsolutePath(), by));
  }

  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (channel.isOpen()) {
        HELD.remove(file);
        channel.close();
      }
    }
  }
}
