package dev.limpet.protocol.audit;

import dev.limpet.protocol.disk.SyncedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lines in files that are numbered and never renamed, so that who copies them sees each line once.
 * A line is written in one piece at the end of the newest file, also when a command and a server
 * write at the same time.
 */
final class AuditFiles implements AutoCloseable {
  private final Path folder;
  private final String prefix;
  private final long fileBytes;
  private final int maxFiles;
  private FileChannel channel;
  private int number;

  private AuditFiles(Path folder, String prefix, long fileBytes, int maxFiles) throws IOException {
    this.folder = folder;
    this.prefix = prefix;
    this.fileBytes = fileBytes;
    this.maxFiles = maxFiles;
    List<Integer> numbers = numbers(folder, prefix);
    this.number = numbers.isEmpty() ? 1 : numbers.getLast();
    this.channel = openFile(number);
  }

  /**
   * Opens the newest file, or begins the first.
   *
   * @param fileBytes when the next one is begun
   * @param maxFiles how many are kept
   */
  static AuditFiles open(Path folder, String prefix, long fileBytes, int maxFiles)
      throws IOException {
    AuditFiles files = new AuditFiles(folder, prefix, fileBytes, maxFiles);
    try {
      files.endTornLine();
      return files;
    } catch (IOException e) {
      files.close();
      throw e;
    }
  }

  /** Writes one line at the end of the newest file; false when there is none. */
  static boolean note(Path folder, String prefix, byte[] json) throws IOException {
    List<Integer> numbers = Files.isDirectory(folder) ? numbers(folder, prefix) : List.of();
    if (numbers.isEmpty()) {
      return false;
    }
    Path newest = file(folder, prefix, numbers.getLast());
    try (FileChannel out = FileChannel.open(newest, StandardOpenOption.APPEND)) {
      write(out, json);
      out.force(false);
      return true;
    }
  }

  private static List<Integer> numbers(Path folder, String prefix) throws IOException {
    Pattern name = Pattern.compile(prefix + "-([0-9]{6})\\.jsonl");
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> name.matcher(String.valueOf(file.getFileName())))
          .filter(Matcher::matches)
          .map(match -> Integer.parseInt(match.group(1)))
          .sorted()
          .toList();
    }
  }

  private Path file(int which) {
    return file(folder, prefix, which);
  }

  private static Path file(Path folder, String prefix, int which) {
    return folder.resolve(String.format(Locale.ROOT, "%s-%06d.jsonl", prefix, which));
  }

  private FileChannel openFile(int which) throws IOException {
    return FileChannel.open(
        file(which),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** A kill may have cut the last line; the next one begins its own. */
  private void endTornLine() throws IOException {
    try (FileChannel reading = FileChannel.open(file(number), StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      if (reading.size() > 0
          && reading.read(last, reading.size() - 1) == 1
          && last.get(0) != '\n') {
        append(new byte[0]);
      }
    }
  }

  /** Writes one line; {@code json} has no line break in it. */
  void append(byte[] json) throws IOException {
    if (channel.size() >= fileBytes) {
      next();
    }
    write(channel, json);
  }

  private static void write(FileChannel out, byte[] json) throws IOException {
    ByteBuffer line = ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
    while (line.hasRemaining()) {
      out.write(line);
    }
  }

  private void next() throws IOException {
    channel.force(true);
    FileChannel begun = openFile(number + 1);
    channel.close();
    channel = begun;
    number++;
    for (int old : numbers(folder, prefix)) {
      if (old <= number - maxFiles) {
        Files.deleteIfExists(file(old));
      }
    }
    SyncedFiles.syncFolder(folder);
  }

  /** Returns when all lines are on the disk. */
  void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
