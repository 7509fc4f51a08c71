package dev.limpet.protocol.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/** Writes that are on the disk when they return. */
public final class SyncedFiles {
  private SyncedFiles() {}

  /**
   * Writes into a file, which is made with its folder when there is none.
   *
   * @param position where the bytes go; what the file has from there on is cut off
   * @throws IOException when it cannot be written; part of it may be there then
   */
  public static void write(Path file, long position, ByteBuffer bytes) throws IOException {
    try (SyncedWrites disk = new SyncedWrites()) {
      disk.write(file, position, bytes);
      disk.sync();
    }
  }

  /**
   * Puts a file in the place of another one, or of none, in one step.
   *
   * @param file in a folder that is there
   * @param attributes that it has from its first byte on
   * @throws IOException when it cannot be written; what was there before stays
   */
  public static void replace(Path file, byte[] bytes, FileAttribute<?>... attributes)
      throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    Set<OpenOption> fresh = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel out = FileChannel.open(unfinished, fresh, attributes)) {
      writeAll(out, ByteBuffer.wrap(bytes));
      out.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    syncFolderOf(file);
  }

  static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /**
   * Cuts a file, if it is there and longer.
   *
   * @throws IOException when it cannot be written
   */
  public static void truncate(Path file, long length) throws IOException {
    if (Files.exists(file) && Files.size(file) > length) {
      write(file, length, ByteBuffer.allocate(0));
    }
  }

  /**
   * Removes a file, if it is there.
   *
   * @throws IOException when it cannot be removed
   */
  public static void remove(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      syncFolderOf(file);
    }
  }

  private static void syncFolderOf(Path file) throws IOException {
    syncFolder(file.resolveSibling("."));
  }

  /**
   * Makes the names in a folder durable: what was made, renamed or removed there.
   *
   * @throws IOException when it is no folder, or the disk fails
   */
  public static void syncFolder(Path folder) throws IOException {
    try (FileChannel open = FileChannel.open(folder)) {
      open.force(true);
    }
  }
}
