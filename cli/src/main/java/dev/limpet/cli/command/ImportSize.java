package dev.limpet.cli.command;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * How much an import will read at least, found out without reading any of it: of what a node is
 * asked first, and of what a person sees how far it has come. Links are not followed, and what
 * cannot be listed is left out: the import will say so.
 */
final class ImportSize extends SimpleFileVisitor<Path> {
  private final Path root;
  private final boolean hidden;
  private long bytes;

  private ImportSize(Path root, boolean hidden) {
    this.root = root;
    this.hidden = hidden;
  }

  /**
   * The bytes of all files of a tree.
   *
   * @param root a file, a directory, or a link to one
   * @param hidden whether names that begin with a dot count
   */
  static long of(Path root, boolean hidden) {
    try {
      Path real = root.toRealPath();
      ImportSize size = new ImportSize(real, hidden);
      Files.walkFileTree(real, size);
      return size.bytes;
    } catch (IOException e) {
      return 0;
    }
  }

  private boolean isTaken(Path path) {
    return hidden || path.equals(root) || !String.valueOf(path.getFileName()).startsWith(".");
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
    return isTaken(directory) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (attributes.isRegularFile() && isTaken(file)) {
      bytes += attributes.size();
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) {
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, IOException e) {
    return FileVisitResult.CONTINUE;
  }
}
