package dev.limpet.node.receipt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes that are on the disk when they return. */
final class SyncedFiles {
  private SyncedFiles() {}

  /** Writes into a file from a position on; what the file had behind it is cut off. */
  static void write(Path file, long position, ByteBuffer bytes) throws IOException {
    Path folder = file.resolveSibling(".");
    boolean fresh = !Files.exists(file);
    if (fresh) {
      Files.createDirectories(file.getParent());
    }
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.truncate(position);
      out.position(position);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    if (fresh) {
      sync(folder);
    }
  }

  /** Puts a file in the place of another one, or of none, in one step. */
  static void replace(Path file, byte[] bytes) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    write(unfinished, 0, ByteBuffer.wrap(bytes));
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    sync(file.resolveSibling("."));
  }

  /** Cuts a file, if it is there and longer. */
  static void truncate(Path file, long length) throws IOException {
    if (Files.exists(file) && Files.size(file) > length) {
      write(file, length, ByteBuffer.allocate(0));
    }
  }

  /** Removes a file, if it is there. */
  static void remove(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      sync(file.resolveSibling("."));
    }
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel open = FileChannel.open(folder)) {
      open.force(true);
    }
  }
}
