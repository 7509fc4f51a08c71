package dev.limpet.content.unixfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Makes trees of files as strange as a file system lets them be. */
final class RandomTree {
  private static final List<String> NAMES =
      List.of(
          "a",
          "A",
          "b.txt",
          "with space",
          "\u00e9",
          "e\u0301",
          "\u65e5\u672c\u8a9e",
          "\uff5e",
          "\ud83d\ude00",
          "quote\"'`",
          "back\\slash",
          "100%25",
          "tab\tnewline\n",
          "#?&",
          "-r",
          "~",
          "\u202e",
          ".hidden",
          ".git",
          "...",
          "x".repeat(200),
          "0",
          "00",
          "FF",
          "0123456789");
  private static final int[] MODES = {0644, 0755, 0600, 0400, 0777, 01777, 04755, 02750, 0444};

  private final Random random;
  private final UnixFsProfile profile;
  private final boolean followed;

  /**
   * A maker.
   *
   * @param profile file sizes are around the edges of its chunks and nodes
   * @param followed whether links must lead to a file
   */
  RandomTree(Random random, UnixFsProfile profile, boolean followed) {
    this.random = random;
    this.profile = profile;
    this.followed = followed;
  }

  /** Makes a file, or a directory of a few levels. */
  void make(Path path) throws IOException {
    if (random.nextInt(4) == 0) {
      file(path);
    } else {
      directory(path, 0);
    }
  }

  /** Makes a directory of so many small files whose names have a length. */
  void wide(Path path, int entries, int nameChars) throws IOException {
    Files.createDirectory(path);
    for (int i = 0; i < entries; i++) {
      String name = Integer.toString(i + 100_000, 36) + "-" + "n".repeat(nameChars);
      Files.write(path.resolve(name), new byte[] {(byte) random.nextInt()});
    }
    decorate(path);
  }

  private void directory(Path path, int depth) throws IOException {
    Files.createDirectory(path);
    int entries = random.nextInt(8) == 0 ? random.nextInt(120) : random.nextInt(9);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < entries; i++) {
      Path child = path.resolve(name(i));
      if (Files.exists(child, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      switch (random.nextInt(entries > 20 ? 30 : 8)) {
        case 0, 1 -> {
          if (depth < 3) {
            directory(child, depth + 1);
          }
        }
        case 2 -> link(child, files);
        default -> {
          file(child);
          files.add(child);
        }
      }
    }
    decorate(path);
  }

  private String name(int i) {
    return random.nextInt(3) == 0
        ? Integer.toString(random.nextInt(1 << 20), 36) + i
        : NAMES.get(random.nextInt(NAMES.size())) + (random.nextBoolean() ? "" : i);
  }

  private void link(Path path, List<Path> files) throws IOException {
    if (!followed) {
      String target =
          random.nextBoolean() ? "../nowhere/\u00e9" : "a".repeat(1 + random.nextInt(300));
      Files.createSymbolicLink(path, Path.of(target));
    } else if (!files.isEmpty()) {
      Path target = files.get(random.nextInt(files.size()));
      Files.createSymbolicLink(path, target.getFileName());
    }
  }

  private void file(Path path) throws IOException {
    byte[] bytes = new byte[size()];
    if (random.nextInt(5) > 0) {
      random.nextBytes(bytes);
    }
    Files.write(path, bytes);
    decorate(path);
  }

  /** Around an edge; edges of very many blocks or megabytes are for the vectors. */
  private int size() {
    long chunk = chunk();
    long width = profile.layout().width();
    long full = chunk * width;
    long[] edges = {
      0, 1, 40, chunk, 2 * chunk, 3 * chunk, full, full * width, 2 * full, 5 * full, 9 * full
    };
    long edge = edges[random.nextInt(edges.length)];
    if (edge > 5 << 19 || edge > 400 * chunk || (edge > 1 << 15 && random.nextInt(12) > 0)) {
      edge = random.nextInt(300);
    }
    return (int) Math.max(0, edge + random.nextInt(-1, 2));
  }

  /** The size of a chunk, or of the smallest one. */
  private long chunk() {
    return switch (profile.chunker()) {
      case FixedSize fixed -> fixed.bytes();
      case Rabin rabin -> rabin.minBytes();
      case Buzhash _ -> 128 << 10;
    };
  }

  private void decorate(Path path) throws IOException {
    int mode = MODES[random.nextInt(MODES.length)];
    boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:mode", directory ? mode | 0700 : mode);
    long seconds =
        switch (random.nextInt(5)) {
          case 0 -> 0;
          case 1 -> -random.nextLong(1L << 30);
          default -> random.nextLong(1L << 31);
        };
    long nanos = random.nextBoolean() ? 0 : random.nextLong(1_000_000_000);
    Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(seconds, nanos)));
  }

  /** Deletes a tree. */
  static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      all.sorted(Comparator.reverseOrder()).forEach(RandomTree::deleteOne);
    }
  }

  private static void deleteOne(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
