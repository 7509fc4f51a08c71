package dev.limpet.content.unixfs;

import dev.limpet.content.block.ContentLimitException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Walks one directory tree of the file system, depth first, and puts its nodes, children before
 * their directories.
 */
final class TreeImport {
  /** Directories within directories; file systems allow about this many in one path. */
  static final int MAX_IMPORT_DEPTH = 256;

  /** Links that one import follows: a few that point at each other's folders multiply. */
  static final int MAX_FOLLOWED_LINKS = 1_000_000;

  private static final int PERMISSIONS = 07777;

  /** What stands for bytes of a name that are no characters. */
  private static final char REPLACED = '\uFFFD';

  private final NodeSink nodes;
  private final ImportOptions options;
  private final FileImport files;

  /** The directories that the walk is in, each as its real path. */
  private final Deque<Path> open = new ArrayDeque<>();

  private int followed;

  TreeImport(NodeSink nodes, ImportOptions options) {
    this.nodes = nodes;
    this.options = options;
    this.files = new FileImport(nodes, options.progress());
  }

  /** The node of a path without links in it; null for a directory that is not to be taken. */
  Node root(Path path) throws IOException {
    Node node = entry(path);
    return node == null ? directoryOf(path, new TreeMap<>()) : node;
  }

  private @Nullable Node entry(Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.isSymbolicLink()) {
      return options.followLinks() ? target(path) : link(path);
    }
    if (attributes.isDirectory()) {
      return directory(path);
    }
    if (attributes.isRegularFile()) {
      return regularFile(path, attributes.size());
    }
    throw new ContentLimitException(path + " is neither a file, a directory nor a symbolic link");
  }

  private @Nullable Node target(Path link) throws IOException {
    if (++followed > MAX_FOLLOWED_LINKS) {
      throw new ContentLimitException(
          "more than " + MAX_FOLLOWED_LINKS + " symbolic links are followed");
    }
    Path real = link.toRealPath();
    if (open.contains(real)) {
      throw new ContentLimitException(link + " points at a directory that it is in");
    }
    return entry(real);
  }

  /** Permissions of links mean nothing, and are not kept. */
  private Node link(Path path) throws IOException {
    byte[] target = Files.readSymbolicLink(path).toString().getBytes(StandardCharsets.UTF_8);
    UnixFsData.Metadata metadata = metadata(path, -1);
    return nodes.inner(List.of(), UnixFsData.symlink(target).with(metadata), 0);
  }

  private @Nullable Node directory(Path path) throws IOException {
    if (open.size() == MAX_IMPORT_DEPTH) {
      throw new ContentLimitException(
          path + " is deeper than " + MAX_IMPORT_DEPTH + " directories");
    }
    TreeMap<String, Node> children = new TreeMap<>();
    boolean empty = true;
    open.addLast(path);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = name(entry);
        if (!options.hidden() && name.startsWith(".")) {
          continue;
        }
        empty = false;
        Node child = entry(entry);
        if (child != null) {
          children.put(name, child);
        }
        if (children.size() > DirectoryLayout.MAX_DIRECTORY_ENTRIES) {
          throw new ContentLimitException(
              path + " has more than " + DirectoryLayout.MAX_DIRECTORY_ENTRIES + " entries");
        }
      }
    }
    open.removeLast();
    return empty && !options.emptyDirectories() ? null : directoryOf(path, children);
  }

  private Node directoryOf(Path path, TreeMap<String, Node> children) throws IOException {
    UnixFsData.Metadata metadata = metadata(path, mode(path, 0));
    return new DirectoryLayout(nodes).build(children, metadata);
  }

  /** A name of other bytes than UTF-8 would silently become another. */
  private static String name(Path entry) {
    String name = String.valueOf(entry.getFileName());
    if (name.indexOf(REPLACED) >= 0 && !leadsBack(entry, name)) {
      throw new ContentLimitException(
          entry.getParent() + " has a name that is not UTF-8: rename it, or set LC_ALL=C.UTF-8");
    }
    return name;
  }

  private static boolean leadsBack(Path entry, String name) {
    try {
      return entry.resolveSibling(name).equals(entry);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private Node regularFile(Path path, long size) throws IOException {
    Node node;
    try (InputStream in = new FileInputStream(path.toFile())) {
      node = files.run(in, size, metadata(path, mode(path, -1)));
    }
    if (node.size() != size) {
      throw new ContentLimitException(
          path + " changed while it was read: it had " + size + " bytes, then " + node.size());
    }
    return node;
  }

  /**
   * The permissions that are written of a file or directory.
   *
   * @param none what stands for no permissions at all: they are written of directories, and left
   *     out of files, as other implementations do
   */
  private int mode(Path path, int none) throws IOException {
    if (options.metadata().fixedMode() != 0) {
      return options.metadata().fixedMode();
    }
    if (!options.metadata().mode()) {
      return -1;
    }
    int permissions = permissions(path);
    return permissions == 0 ? none : permissions;
  }

  private UnixFsData.Metadata metadata(Path path, int mode) throws IOException {
    Instant mtime = options.metadata().fixedMtime();
    if (mtime == null && options.metadata().mtime()) {
      mtime = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
    }
    return mtime == null
        ? new UnixFsData.Metadata(mode, 0, -1)
        : new UnixFsData.Metadata(mode, mtime.getEpochSecond(), mtime.getNano());
  }

  private static int permissions(Path path) throws IOException {
    try {
      Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return (int) mode & PERMISSIONS;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      throw new ContentLimitException(path + " is on a file system without Unix permissions", e);
    }
  }
}
