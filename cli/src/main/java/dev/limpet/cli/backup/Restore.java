package dev.limpet.cli.backup;

import dev.limpet.cli.CliException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.config.FolderFormat;
import dev.limpet.protocol.disk.FolderTree;
import dev.limpet.protocol.disk.SyncedFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Makes a folder from a backup. The backup is read to its end before anything is written, and again
 * while it is. The folder grows under another name beside its place, with a mark in it that every
 * process refuses, and gets its own name when all of it is on the disk.
 */
public final class Restore {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path file;
  private final Path target;
  private final Path unfinished;
  private final LongConsumer progress;

  /**
   * @param file the backup
   * @param dir the folder to make; it must not exist, or be empty
   * @param progress is told how many bytes were done each time; each byte counts twice, once when
   *     it is checked and once when it is written
   */
  public Restore(Path file, Path dir, LongConsumer progress) {
    this.file = file;
    this.target = dir.toAbsolutePath().normalize();
    this.unfinished = target.resolveSibling("." + target.getFileName() + ".restoring");
    this.progress = progress;
  }

  /**
   * Restores.
   *
   * @throws CliException {@code bad-backup}, or wrong usage when the folder is not empty; nothing
   *     was written then
   * @throws IOException when something cannot be read or written
   */
  public Backup.Summary run() throws IOException {
    refuseUsedTarget();
    if (!Files.isRegularFile(file)) {
      throw CliException.usage("there is no file " + file);
    }
    BackupList list = new BackupReader(file, progress).read(_ -> OutputStream.nullOutputStream());
    Path parent = Files.createDirectories(target.resolveSibling(""));
    FolderTree.remove(unfinished);
    requireRoom(parent, list.bytes());
    boolean done = false;
    try {
      write(list);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      SyncedFiles.syncFolder(target.resolveSibling("."));
      done = true;
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      throw used();
    } finally {
      if (!done) {
        FolderTree.remove(unfinished);
      }
    }
    return Backup.Summary.of(list);
  }

  private static void requireRoom(Path folder, long bytes) throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < bytes) {
      throw new CliException(
          ErrorCode.DISK_LOW,
          "the disk of " + folder + " has " + free + " bytes free, the backup needs " + bytes);
    }
  }

  private void refuseUsedTarget() throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw used();
    }
    try (Stream<Path> all = Files.list(target)) {
      if (all.findAny().isPresent()) {
        throw used();
      }
    }
  }

  private CliException used() {
    return CliException.usage(target + " is not empty: name a new folder with --dir");
  }

  private void write(BackupList list) throws IOException {
    Files.createDirectory(unfinished, OWNER_FOLDER);
    for (String folder : list.folders().keySet()) {
      Path path = unfinished.resolve(folder).normalize();
      if (!Files.exists(path)) {
        Files.createDirectory(path, OWNER_FOLDER);
      }
      FolderFormat.begin(path);
    }
    BackupList again = new BackupReader(file, progress).read(this::create);
    if (!again.equals(list)) {
      throw new IOException(file + " changed while it was read");
    }
    for (var folder : list.folders().entrySet()) {
      Path path = unfinished.resolve(folder.getKey()).normalize();
      FolderFormat.finish(path, folder.getValue());
    }
    syncFolders();
  }

  private OutputStream create(String name) throws IOException {
    Path path = unfinished.resolve(name);
    ensureFolder(path.resolveSibling(""));
    FileChannel channel =
        FileChannel.open(
            path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_FILE);
    return new Synced(channel);
  }

  /** Makes what is missing between the root and a folder; names are checked, so it is below. */
  private void ensureFolder(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      ensureFolder(folder.resolveSibling(""));
      Files.createDirectory(folder, OWNER_FOLDER);
    }
  }

  private void syncFolders() throws IOException {
    try (Stream<Path> all = Files.walk(unfinished)) {
      for (Path folder : all.filter(Files::isDirectory).toList()) {
        SyncedFiles.syncFolder(folder);
      }
    }
  }

  /** On the disk when it is closed. */
  private static final class Synced extends FilterOutputStream {
    private final FileChannel channel;

    Synced(FileChannel channel) {
      super(Channels.newOutputStream(channel));
      this.channel = channel;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      channel.force(true);
      super.close();
    }
  }
}
