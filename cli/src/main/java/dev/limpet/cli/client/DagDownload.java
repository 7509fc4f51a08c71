package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.unixfs.ContentPath;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.content.unixfs.DirectoryPage;
import dev.limpet.content.unixfs.UnixFsDirectory;
import dev.limpet.content.unixfs.UnixFsEntry;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.content.unixfs.UnixFsSymlink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a DAG as a CAR into a scratch store beside the target, every block checked, and writes
 * the files from there. The target appears only when it is whole. Names come from strangers: one
 * that is not a plain file name here ends the command.
 */
public final class DagDownload implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofHours(12);
  private static final int PAGE = 1000;

  /** Folders within folders; file systems allow about this many in one path. */
  private static final int MAX_DEPTH = 256;

  private final Path scratch;
  private final PackBlockstore blocks;
  private final LongConsumer progress;
  private boolean symlinks;

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
    HttpRequest request =
        server
            .request(rawTarget)
            .timeout(TIMEOUT)
            .header("Accept", "application/vnd.ipld.car")
            .GET()
            .build();
    try (InputStream body = server.stream(request).body();
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
    symlinks = links;
    UnixFsReader reader = new UnixFsReader(blocks);
    Path whole = scratch.resolve("whole");
    long bytes = write(reader, reader.resolve(path), whole, 0);
    Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
    return bytes;
  }

  private long write(UnixFsReader reader, UnixFsEntry entry, Path to, int depth)
      throws IOException {
    return switch (entry) {
      case UnixFsFile file -> writeFile(reader, file, to);
      case UnixFsDirectory directory -> writeDirectory(reader, directory, to, depth);
      case UnixFsSymlink link -> writeLink(link, to);
    };
  }

  /** Nothing is ever written through it: what is written is always new, and names come once. */
  private long writeLink(UnixFsSymlink link, Path to) throws IOException {
    if (!symlinks) {
      throw new CliException(
          ExitCode.REFUSED,
          "not-written",
          "it holds a symbolic link to '" + link.target() + "': --symlinks writes these, too");
    }
    try {
      Files.createSymbolicLink(to, Path.of(link.target()));
      return 0;
    } catch (InvalidPathException | UnsupportedOperationException e) {
      throw refusedName(link.target());
    }
  }

  private long writeFile(UnixFsReader reader, UnixFsFile file, Path to) throws IOException {
    try (InputStream in = reader.open(file, 0, file.size());
        OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
      return in.transferTo(out);
    }
  }

  private long writeDirectory(UnixFsReader reader, UnixFsDirectory directory, Path to, int depth)
      throws IOException {
    if (depth > MAX_DEPTH) {
      throw new CliException(
          ExitCode.REFUSED, "not-written", "folders nest deeper than " + MAX_DEPTH);
    }
    Files.createDirectory(to);
    long bytes = 0;
    @Nullable String after = null;
    while (true) {
      DirectoryPage page = reader.list(directory, after, PAGE);
      for (DirectoryEntry entry : page.entries()) {
        bytes += write(reader, reader.entry(entry.cid()), child(to, entry.name()), depth + 1);
      }
      List<DirectoryEntry> entries = page.entries();
      if (entries.size() < PAGE) {
        return bytes;
      }
      after = entries.getLast().name();
    }
  }

  /** The path of {@code name} in {@code folder}, when it is a plain name that is not taken. */
  private static Path child(Path folder, String name) {
    try {
      Path child = folder.resolve(name);
      boolean plain =
          !name.isEmpty()
              && !name.equals(".")
              && !name.equals("..")
              && folder.equals(child.getParent())
              && name.indexOf('/') < 0
              && name.indexOf('\\') < 0;
      if (plain && !Files.exists(child, LinkOption.NOFOLLOW_LINKS)) {
        return child;
      }
    } catch (InvalidPathException e) {
      throw refusedName(name);
    }
    throw refusedName(name);
  }

  private static CliException refusedName(String name) {
    return new CliException(
        ExitCode.REFUSED,
        "not-written",
        "it holds a name that cannot be a file here: '" + name + "'");
  }

  /** Removes the scratch space. */
  @Override
  public void close() throws IOException {
    blocks.close();
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
