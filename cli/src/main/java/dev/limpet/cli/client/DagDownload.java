package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.unixfs.ContentPath;
import dev.limpet.content.unixfs.UnixFsReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a DAG as a CAR into a scratch store beside the target, every block checked, and writes
 * the files from there. The target appears only when it is whole. Names come from strangers: one
 * that is not a plain file name here ends the command.
 */
public final class DagDownload implements AutoCloseable {
  private final Path scratch;
  private final PackBlockstore blocks;
  private final LongConsumer progress;

  private DagDownload(Path scratch, PackBlockstore blocks, LongConsumer progress) {
    this.scratch = scratch;
    this.blocks = blocks;
    this.progress = progress;
  }

  /**
   * A download whose scratch space stands next to {@code target}.
   *
   * @param progress is told how many bytes came each time
   */
  public static DagDownload open(Path target, LongConsumer progress) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw CliException.usage("no directory to write to: " + folder);
    }
    Path scratch = Files.createTempDirectory(folder, ".limpet-get-");
    PackOptions options = new PackOptions(Long.MAX_VALUE / 4, 1L << 30, false);
    return new DagDownload(
        scratch, PackBlockstore.open(scratch.resolve("blocks"), options), progress);
  }

  /** Reads the CAR at {@code rawTarget} to its end. */
  public void fetch(ServerClient server, String rawTarget) throws IOException {
    try (InputStream body = CarTransfer.body(server, rawTarget);
        CarReader car = new CarReader(body, CarLimits.unbounded())) {
      for (Block block = car.next(); block != null; block = car.next()) {
        blocks.put(block);
        progress.accept(block.bytes().length);
      }
    }
  }

  /**
   * Writes what is at {@code path} to {@code target}.
   *
   * @param links whether symbolic links are written; else one ends the command
   * @return the bytes of all files
   */
  public long write(ContentPath path, Path target, boolean links) throws IOException {
    UnixFsReader reader = new UnixFsReader(blocks);
    Path whole = scratch.resolve("whole");
    long bytes = new TreeWriter(reader, links).write(reader.resolve(path), whole);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new CliException(
          ExitCode.REFUSED, "not-written", target + " came into being meanwhile; it stays");
    }
    Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
    return bytes;
  }

  /** Removes the scratch space; a link in it is removed, and what it leads to stays. */
  @Override
  public void close() throws IOException {
    blocks.close();
    Files.walkFileTree(
        scratch,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
