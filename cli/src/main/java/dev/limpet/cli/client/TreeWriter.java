package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes files and folders of a DAG that somebody made, perhaps to write where they should not.
 *
 * <p>Invariants. What is written is new: no file, folder or link is made where anything stands, so
 * nothing is written through a link, of the DAG or of the disk, and a name that a file system takes
 * for another one's (upper case, Unicode forms) is refused there. A name is one plain name: no
 * separator of any system, none of the two dots, no control character. Modes and owners in a DAG
 * are not looked at. A DAG may name a block very often, so entries are counted, and no file is
 * begun for which there is no room.
 */
final class TreeWriter {
  /** Folders within folders; file systems allow about this many in one path. */
  static final int MAX_DEPTH = 256;

  /** Files, folders and links of one download: a DAG of a few kilobytes can name any number. */
  static final int MAX_ENTRIES = 1_000_000;

  /** What file systems allow for one name. */
  static final int MAX_NAME_BYTES = 255;

  private static final int PAGE = 1000;

  private final UnixFsReader reader;
  private final boolean links;
  private final int maxEntries;
  private int entries;

  /**
   * Writes what {@code reader} reads.
   *
   * @param links whether symbolic links are written; else one ends it
   */
  TreeWriter(UnixFsReader reader, boolean links) {
    this(reader, links, MAX_ENTRIES);
  }

  TreeWriter(UnixFsReader reader, boolean links, int maxEntries) {
    this.reader = reader;
    this.links = links;
    this.maxEntries = maxEntries;
  }

  /**
   * Writes an entry to a path where nothing is.
   *
   * @return the bytes of all files
   * @throws CliException {@code not-written}
   */
  long write(UnixFsEntry entry, Path to) throws IOException {
    return write(entry, to, 0);
  }

  private long write(UnixFsEntry entry, Path to, int depth) throws IOException {
    if (++entries > maxEntries) {
      throw refused("it holds more than " + maxEntries + " files; fetch parts of it");
    }
    return switch (entry) {
      case UnixFsFile file -> writeFile(file, to);
      case UnixFsDirectory directory -> writeDirectory(directory, to, depth);
      case UnixFsSymlink link -> writeLink(link, to);
    };
  }

  /** Nothing is ever written through it: what is written is always new, and names come once. */
  private long writeLink(UnixFsSymlink link, Path to) throws IOException {
    if (!links) {
      throw refused(
          "it holds a symbolic link to '" + link.target() + "': --symlinks writes these, too");
    }
    if (link.target().isEmpty() || hasControls(link.target())) {
      throw refusedName(link.target());
    }
    try {
      Files.createSymbolicLink(to, Path.of(link.target()));
      return 0;
    } catch (InvalidPathException | UnsupportedOperationException e) {
      throw refusedName(link.target());
    }
  }

  private long writeFile(UnixFsFile file, Path to) throws IOException {
    long room = Files.getFileStore(to.toAbsolutePath().getParent()).getUsableSpace();
    if (file.size() > room) {
      throw refused("a file has " + file.size() + " bytes, and the disk has room for " + room);
    }
    try (InputStream in = reader.open(file, 0, file.size());
        OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
      return in.transferTo(out);
    }
  }

  private long writeDirectory(UnixFsDirectory directory, Path to, int depth) throws IOException {
    if (depth > MAX_DEPTH) {
      throw refused("folders nest deeper than " + MAX_DEPTH);
    }
    Files.createDirectory(to);
    long bytes = 0;
    @Nullable String after = null;
    while (true) {
      DirectoryPage page = reader.list(directory, after, PAGE);
      List<DirectoryEntry> listed = page.entries();
      for (DirectoryEntry entry : listed) {
        bytes += write(reader.entry(entry.cid()), child(to, entry.name()), depth + 1);
      }
      if (listed.size() < PAGE) {
        return bytes;
      }
      after = listed.getLast().name();
    }
  }

  /** The path of {@code name} in {@code folder}, when it is a plain name that is not taken. */
  private static Path child(Path folder, String name) {
    boolean plain =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.indexOf('/') < 0
            && name.indexOf('\\') < 0
            && !hasControls(name)
            && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
    try {
      if (plain) {
        Path child = folder.resolve(name);
        if (folder.equals(child.getParent()) && !Files.exists(child, LinkOption.NOFOLLOW_LINKS)) {
          return child;
        }
      }
    } catch (InvalidPathException e) {
      throw refusedName(name);
    }
    throw refusedName(name);
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  private static CliException refused(String why) {
    return new CliException(ExitCode.REFUSED, "not-written", why);
  }

  private static CliException refusedName(String name) {
    String shown = name.length() > MAX_NAME_BYTES ? name.substring(0, 40) + "…" : name;
    return refused("it holds a name that cannot be a file here: '" + shown + "'");
  }
}
