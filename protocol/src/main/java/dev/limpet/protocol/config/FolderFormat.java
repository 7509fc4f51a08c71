package dev.limpet.protocol.config;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

  /** The name of the file. */
  public static final String FILE = "format";

  /** The process of a gateway, as its folder names it. */
  public static final String GATEWAY = "gateway";

  /** The process of a node, as its folder names it. */
  public static final String NODE = "node";

  /** No process: what is being restored. */
  private static final String UNFINISHED = "unfinished";

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
    if (!Files.exists(dir.resolve(FILE))) {
      mark(dir, process);
      return;
    }
    String owner = owner(dir);
    if (!owner.equals(process)) {
      throw refused(dir, "belongs to a " + owner + ", not to a " + process);
    }
  }

  /**
   * Whose folder it is; changes nothing.
   *
   * @return {@link #GATEWAY} or {@link #NODE}, or an empty string for any other folder; a folder
   *     without a mark is known by what an older build left there
   * @throws LimpetException {@code bad-config} for a folder of a newer build or with a damaged mark
   * @throws IOException when the folder cannot be read
   */
  public static String processOf(Path dir) throws IOException {
    if (Files.exists(dir.resolve(FILE))) {
      return owner(dir);
    }
    if (Files.exists(dir.resolve("gateway.db"))) {
      return GATEWAY;
    }
    return Files.exists(dir.resolve("identity.key")) ? NODE : "";
  }

  /**
   * Marks a new folder as one that no process opens, until {@link #finish}.
   *
   * @throws IOException when it cannot be written
   */
  public static void begin(Path dir) throws IOException {
    mark(dir, UNFINISHED);
  }

  /**
   * Gives a folder that was begun to a process.
   *
   * @throws IOException when it cannot be written
   */
  public static void finish(Path dir, String process) throws IOException {
    mark(dir, process);
  }

  private static String owner(Path dir) throws IOException {
    var matcher = LINE.matcher(read(dir.resolve(FILE)));
    if (!matcher.matches()) {
      throw refused(dir, "has a damaged file '" + FILE + "'; restore it from a copy");
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
    if (matcher.group(1).equals(UNFINISHED)) {
      throw refused(dir, "is a restore that did not end; remove it, and restore again");
    }
    return matcher.group(1);
  }

  private static String read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_FORMAT_BYTES), StandardCharsets.US_ASCII);
    }
  }

  /** Whole or not at all. */
  private static void mark(Path dir, String process) throws IOException {
    Path file = dir.resolve(FILE);
    Path next = Files.createTempFile(dir, FILE, ".new");
    try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
      String line = "limpet " + process + " " + VERSION + "\n";
      out.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
      out.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static LimpetException refused(Path dir, String why) {
    return new LimpetException(ErrorCode.BAD_CONFIG, "the folder " + dir + " " + why);
  }
}
