package dev.limpet.cli.backup;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.protocol.disk.SyncedFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file that gets its name when it is whole and on the disk. Until then it stands beside, with
 * {@code .part} behind its name; what a killed command left there is replaced by the next one. Its
 * owner alone may read it.
 */
public final class PartFile implements AutoCloseable {
  private final Path target;
  private final Path part;
  private final FileChannel channel;
  private boolean committed;

  private PartFile(Path target, Path part, FileChannel channel) {
    this.target = target;
    this.part = part;
    this.channel = channel;
  }

  /**
   * Begins a file.
   *
   * @throws CliException (wrong usage) when {@code target} exists or no file may be made there,
   *     (refused) when another command is writing it
   */
  public static PartFile begin(Path target) throws IOException {
    Path absolute = target.toAbsolutePath();
    refuseExisting(absolute);
    Path folder = absolute.resolveSibling("");
    if (!Files.isDirectory(folder)) {
      throw CliException.usage("there is no folder " + folder + " to write to");
    }
    Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
    FileChannel channel = create(part);
    PartFile begun = new PartFile(absolute, part, channel);
    try {
      lock(channel, part);
      return begun;
    } catch (IOException | RuntimeException e) {
      begun.close();
      throw e;
    }
  }

  private static FileChannel create(Path part) throws IOException {
    try {
      removeStale(part);
      return FileChannel.open(
          part,
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (AccessDeniedException e) {
      throw CliException.usage("no permission to write " + part);
    } catch (FileSystemException e) {
      throw CliException.usage("cannot write " + part + ": " + e.getReason());
    }
  }

  private static void refuseExisting(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw CliException.usage(target + " exists already: name another file, or move it away");
    }
  }

  private static void removeStale(Path part) throws IOException {
    if (!Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (FileChannel old =
        FileChannel.open(part, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      lock(old, part);
      Files.delete(part);
    }
  }

  private static void lock(FileChannel channel, Path part) throws IOException {
    try {
      if (channel.tryLock() == null) {
        throw busy(part);
      }
    } catch (OverlappingFileLockException e) {
      throw busy(part);
    }
  }

  private static CliException busy(Path part) {
    return new CliException(ExitCode.REFUSED, "not-written", "another command is writing " + part);
  }

  /** Where the content goes. */
  public OutputStream out() {
    return Channels.newOutputStream(channel);
  }

  /** The file is whole: it gets its name, durably. */
  public void commit() throws IOException {
    channel.force(true);
    refuseExisting(target);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    committed = true;
    SyncedFiles.syncFolder(target.resolveSibling("."));
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(part);
    }
  }
}
