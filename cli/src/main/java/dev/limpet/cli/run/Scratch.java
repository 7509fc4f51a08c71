package dev.limpet.cli.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A folder for the time of one command, only for this user; gone after Ctrl-C, too. */
public final class Scratch implements AutoCloseable {
  private final Path folder;
  private final Thread atExit = new Thread(this::removeAtExit, "limpet-scratch");

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /** Makes one in the folder for temporary files. */
  public static Scratch open() throws IOException {
    Scratch scratch = new Scratch(Files.createTempDirectory("limpet-"));
    Runtime.getRuntime().addShutdownHook(scratch.atExit);
    return scratch;
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    try {
      if (Runtime.getRuntime().removeShutdownHook(atExit)) {
        remove();
      }
    } catch (IllegalStateException e) {
      // The JVM is stopping: the hook removes it.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void removeAtExit() {
    try {
      remove();
    } catch (IOException e) {
      System.getLogger(Scratch.class.getName())
          .log(System.Logger.Level.WARNING, "cannot remove " + folder, e);
    }
  }

  private void remove() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
