package dev.limpet.protocol.config;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;

/**
 * The version of a data folder's form, in its file {@code format}. A build opens folders of its own
 * version; those of a newer one it leaves alone, so that a step back never damages data.
 */
public final class FolderFormat {
  /** The version that this build writes. A folder without the file is of a build before it. */
  public static final int VERSION = 1;

  /** The file is one short line. */
  private static final int MAX_FORMAT_BYTES = 64;

  private static final String FILE = "format";
  private static final Pattern LINE = Pattern.compile("limpet ([a-z]{1,16}) ([1-9][0-9]{0,5})\n?");

  private FolderFormat() {}

  /**
   * Checks a folder that is there, and marks one that has no mark yet.
   *
   * @param process whose folder it is: {@code gateway} or {@code node}
   * @throws LimpetException {@code bad-config} for a folder of a newer build, of another process,
   *     or with a damaged mark
   * @throws IOException when the folder cannot be read or written
   */
  public static void claim(Path dir, String process) throws IOException {
    Path file = dir.resolve(FILE);
    if (!Files.exists(file)) {
      mark(dir, file, process);
      return;
    }
    String line = read(file);
    var matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw refused(dir, "has a damaged file '" + FILE + "'; restore it from a copy");
    }
    if (!matcher.group(1).equals(process)) {
      throw refused(dir, "belongs to a " + matcher.group(1) + ", not to a " + process);
    }
    int version = Integer.parseInt(matcher.group(2));
    if (version > VERSION) {
      throw refused(
          dir,
          "is of format "
              + version
              + " and this build knows "
              + VERSION
              + "; start a newer build of Limpet, or name another dir");
    }
  }

  private static String read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_FORMAT_BYTES), StandardCharsets.US_ASCII);
    }
  }

  /** Whole or not at all. */
  private static void mark(Path dir, Path file, String process) throws IOException {
    Path next = Files.createTempFile(dir, FILE, ".new");
    Files.writeString(next, "limpet " + process + " " + VERSION + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static LimpetException refused(Path dir, String why) {
    return new LimpetException(ErrorCode.BAD_CONFIG, "the folder " + dir + " " + why);
  }
}
