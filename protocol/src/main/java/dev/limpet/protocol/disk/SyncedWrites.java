package dev.limpet.protocol.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes into several files that are all on the disk when {@link #sync} returns. All is written
 * before the first of them is synced: a journaling file system then has the others on the disk with
 * it, and has little to do for them. Not for several threads at once.
 */
public final class SyncedWrites implements AutoCloseable {
  /** Files that are open at once; with more they are synced in between. */
  static final int MAX_UNSYNCED_FILES = 64;

  private final List<FileChannel> open = new ArrayList<>();
  private final Set<Path> folders = new LinkedHashSet<>(); // that have a new name

  /**
   * Writes into a file, which is made with its folder when there is none.
   *
   * @param position where the bytes go; what the file has from there on is cut off
   * @throws IOException when it cannot be written; part of it may be there then
   */
  public void write(Path file, long position, ByteBuffer bytes) throws IOException {
    if (open.size() == MAX_UNSYNCED_FILES) {
      sync();
    }
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.exists(file)) {
      Files.createDirectories(folder);
      folders.add(folder);
    }
    FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    open.add(out);
    out.truncate(position);
    out.position(position);
    SyncedFiles.writeAll(out, bytes);
  }

  /**
   * Has all that was written on the disk, under its names.
   *
   * @throws IOException when that cannot be; any part of it may be there then
   */
  public void sync() throws IOException {
    for (FileChannel out : open) {
      out.force(true);
    }
    close();
    for (Path folder : folders) {
      SyncedFiles.syncFolder(folder);
    }
    folders.clear();
  }

  /** Closes the files; what was not synced may be on the disk or not. */
  @Override
  public void close() throws IOException {
    IOException failed = null;
    for (FileChannel out : open) {
      try {
        out.close();
      } catch (IOException e) {
        failed = e;
      }
    }
    open.clear();
    if (failed != null) {
      throw failed;
    }
  }
}
